package mailtest

// Stage is a moment of a conversation at which the server replies.
type Stage string

// The stages, in their order.
const (
	Connect   Stage = "connect"   // the greeting, before TLS if that is started later
	Hello     Stage = "hello"     // EHLO or HELO
	Secure    Stage = "secure"    // STARTTLS
	Login     Stage = "login"     // AUTH, when the client has said all of it
	Sender    Stage = "sender"    // MAIL
	Recipient Stage = "recipient" // RCPT
	Data      Stage = "data"      // DATA
	Content   Stage = "content"   // the end of the message, which is not taken
	Taken     Stage = "taken"     // the end of the message, which is taken
	Quit      Stage = "quit"      // QUIT
)

// Replies that are none.
const (
	Hang = "hang" // says nothing until the connection ends
	Drop = "drop" // ends the connection
)

// Reply makes the server reply otherwise the next times that it comes to the stage: once with each of the
// given replies, such as "451 4.3.0 try later", [Hang] or [Drop]. After that it is itself again.
//
//	s.Reply(mailtest.Recipient, "450 4.2.1 busy", "450 4.2.1 busy") // refuses two attempts
//	s.Reply(mailtest.Taken, mailtest.Drop)                           // takes a message and does not say so
func (s *Server) Reply(at Stage, replies ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[at] = append(s.replies[at], replies...)
}

// next returns what to reply: what the test asked for, or else the usual.
func (s *Server) next(at Stage, usual string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if asked := s.replies[at]; len(asked) > 0 {
		s.replies[at] = asked[1:]
		return asked[0]
	}
	return usual
}
