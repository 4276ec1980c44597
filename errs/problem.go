package errs

// ProblemType is the media type of a Problem (RFC 9457).
const ProblemType = "application/problem+json"

// Problem is how an error looks on the wire by default: problem details as of
// RFC 9457, with the code, the wrong fields and the request's id beside the
// standard members.
type Problem struct {
	Title     string  `json:"title" doc:"The standard text of the status." example:"Conflict"`
	Status    int     `json:"status" doc:"The HTTP status." example:"409"`
	Detail    string  `json:"detail" doc:"What happened, for people." example:"This address is already registered."`
	Code      string  `json:"code" doc:"What happened, for programs." example:"users.email_taken"`
	Errors    []Field `json:"errors,omitempty" doc:"The parts of the input that were wrong."`
	RequestID string  `json:"request_id,omitempty" doc:"Names this request in the server's log."`
}

// Problem returns the error as problem details. The cause and the place are
// left out: they are for the log.
func (e *Error) Problem(requestID string) Problem {
	return Problem{
		Title:     e.Kind.Title(),
		Status:    e.Kind.Status(),
		Detail:    e.Message,
		Code:      e.Code,
		Errors:    e.Fields,
		RequestID: requestID,
	}
}
