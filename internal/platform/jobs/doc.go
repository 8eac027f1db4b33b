// Package jobs exists because what leaves the house (mail, previews, pushes,
// exports) is slow and fails, and must neither be lost nor happen for a row that
// was never committed.
//
// A job is written in the transaction of the row or the change that needs it, by
// River, on either database. It is tried five times with growing pauses; then it
// lies on the list of dead jobs with its last error, and everything behind it
// goes on. A job may run twice (a machine can stop between the act and the
// note that it was done), so its handler must not mind. Its arguments are ids and
// never what somebody wrote: they stand in the table until an hour after the job
// is done.
//
// What follows from a post inside the house is not a job: it follows the change
// log (platform/changes), which costs a tenth or less.
package jobs
