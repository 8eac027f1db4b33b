package app

// DropCaches throws away everything that is kept in memory, on this node: for
// measuring what a page costs with nothing cached, and for tests that show that
// nothing is lost by it.
func (a *App) DropCaches() {
	a.Items.Forget()
	a.Access.Forget()
	a.People.ForgetAll()
	a.Groups.Forget()
	a.Feed.Forget()
	a.Search.Forget()
	a.Notices.Forget()
	a.Trending.Forget()
	a.Sessions.Forget()
	a.Knows.Forget()
}
