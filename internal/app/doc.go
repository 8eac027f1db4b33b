// Package app puts the house together. It exists so that there is one place that
// knows all rooms: which there are (modules.go), what each is handed (wire.go),
// what surrounds a page (frame.go). Nothing decides here.
package app
