package pack

import (
	"time"

	"github.com/petrelops/petrel/internal/pack/pyyaml"
)

// Sensor is what a pack says of a sensor. Its code is Go of this program; a sensor in Python is known and does not run here.
type Sensor struct {
	Pack, Class string
	Description string
	Enabled     bool
	Every       time.Duration // from one poll to the next; zero where the pack does not say
	Source      string        // file:line
}

// Ref returns pack.Class.
func (s *Sensor) Ref() string { return s.Pack + "." + s.Class }

// sensor reads a sensor file (StackStorm's SensorTypeAPI), or returns nil.
func (f *file) sensor(root *pyyaml.Node, pack string) *Sensor {
	o := f.object(root, "in a sensor", sensorForm)
	if !f.need(o, "class_name") {
		return nil
	}
	s := &Sensor{Pack: pack, Class: o.text("class_name"), Description: o.text("description"), Enabled: o.truth("enabled", true), Source: f.source(o.line)}
	switch every := o.number("poll_interval"); {
	case every < 0 || every > 1e6:
		f.errorf(o.lineOf("poll_interval"), "poll_interval is a number of seconds, from 0 to 1000000.")
	default:
		s.Every = time.Duration(every * float64(time.Second))
	}
	if f.failed {
		return nil
	}
	return s
}
