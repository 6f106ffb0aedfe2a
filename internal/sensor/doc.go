// Package sensor has each sensor polled by one process at a time, again and again. A sensor is an entry in a queue: whoever claims it polls,
// and gives it back until the next time. So the next poll is due by the store's clock, a process that dies is followed by another one when
// its lease is over, and nothing but the queue says who leads.
package sensor
