// Package permission decides who may run what. It is asked when a message arrives and again before the work starts, by every front end
// alike.
//
// A rule allows or denies. All of its conditions must fit. A rule that denies wins over all that allow, so the order of rules never matters;
// what no rule allows is denied. Where a condition cannot be judged, such as a node set that cannot be read, an allow rule is silent and a
// deny rule speaks.
package permission
