package signin

import (
	"crypto/sha256"
	"net/netip"
	"time"

	"plein/internal/plein"
)

// pace says how often something may be tried: free times at once, one more after
// each leak, and when it is more than that a pause that doubles up to longest.
type pace struct {
	free    float64
	leak    time.Duration
	longest time.Duration
}

// Where the guessing of passwords is counted. A whole hospital can sit behind one
// network address, so that one is mild; so is the one for an account from
// anywhere, because others can fill it. What is strict is one account from one
// network.
var (
	paceHere    = pace{free: 5, leak: 10 * time.Minute, longest: 15 * time.Minute}
	paceAccount = pace{free: 20, leak: time.Minute, longest: time.Minute}
	paceNetwork = pace{free: 100, leak: 6 * time.Second, longest: time.Minute}

	paceLetters = pace{free: 60, leak: 10 * time.Second, longest: 5 * time.Minute} // asked for, per network
	paceDrafts  = pace{free: 20, leak: time.Minute, longest: 10 * time.Minute}     // kept, per network
	paceSetup   = pace{free: 5, leak: time.Minute, longest: 5 * time.Minute}       // wrong codes, from anywhere
)

// tally is how often something was tried lately. The zero tally is never.
type tally struct {
	level     float64 // tries, less what has leaked away by at
	at, until time.Time
}

// wait tells how long the next try has to wait; zero is now. A clock that was put
// back makes no pause longer than the longest.
func (p pace) wait(t tally, now time.Time) time.Duration {
	return min(max(t.until.Sub(now), 0), p.longest)
}

// charge counts one try. It is counted before it is known whether it is right, so
// that a thousand at the same moment are a thousand.
func (p pace) charge(t tally, now time.Time) tally {
	level := t.level
	if past := now.Sub(t.at); past > 0 {
		level = max(level-past.Seconds()/p.leak.Seconds(), 0)
	}
	out := tally{level: level + 1, at: now}
	if over := int(out.level - p.free); over > 0 {
		pause := p.longest
		if over <= 20 {
			pause = min(time.Second<<(over-1), p.longest)
		}
		out.until = now.Add(pause)
	}
	return out
}

// refund takes back a try that was right.
func (t tally) refund() tally {
	return tally{level: max(t.level-1, 0), at: t.at}
}

// How many letters go to one address, known or not.
const (
	letterGap     = time.Minute
	lettersInHour = 5
)

// mayAsk says that one more letter may be sent, after those asked for in the last
// hour, newest first.
func mayAsk(asked []time.Time, now time.Time) bool {
	n := 0
	for _, at := range asked {
		if now.Sub(at) < letterGap {
			return false
		}
		if now.Sub(at) < time.Hour {
			n++
		}
	}
	return n < lettersInHour
}

// network gives what counts as one place on the network: an address of IPv4, or
// the /64 that one household or server holds of IPv6.
func network(ip netip.Addr) string {
	if ip = ip.Unmap(); ip.Is6() {
		p, _ := ip.WithZone("").Prefix(64)
		return p.String()
	}
	return ip.String()
}

type digest [sha256.Size]byte

// named makes the name of a tally. Parts cannot run into each other.
func named(parts ...string) digest {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return digest(h.Sum(nil))
}

// paused is the answer to who has to wait.
func paused(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	if seconds > 90 {
		return plein.E(plein.TooMuch, "signin.error.paused_minutes", plein.Args{"n": (seconds + 59) / 60, "seconds": seconds})
	}
	return plein.E(plein.TooMuch, "signin.error.paused", plein.Args{"n": seconds, "seconds": seconds})
}
