// Package testkit exists so that every test in the house runs on a real database,
// on both engines, without a line of set-up. It is imported by tests only.
package testkit
