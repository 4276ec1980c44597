package api

import (
	"errors"
	"io"
	"mime/multipart"

	"github.com/terem-go/terem/errs"
)

var errNotForm = errs.New(errs.Malformed, "invalid_form", "The form could not be read.")

// Form is a multipart/form-data body, read part by part as it arrives.
type Form struct{ reader *multipart.Reader }

// Part is one field or file of a Form. Its errors are those of an Upload, and
// that the form is broken.
type Part struct{ *multipart.Part }

// Multipart returns the body as a form, or that it is none.
func (u Upload) Multipart() (*Form, error) {
	r, err := u.request.MultipartReader()
	if err != nil {
		return nil, errNotAccepted.Wrap(err)
	}
	return &Form{r}, nil
}

// NextPart returns the next part, which ends the one before, and io.EOF after
// the last. Other errors are those of a Part.
func (f *Form) NextPart() (*Part, error) {
	p, err := f.reader.NextPart()
	if err != nil {
		return nil, formError(err)
	}
	return &Part{p}, nil
}

// Read reads the part's content.
func (p *Part) Read(b []byte) (int, error) {
	n, err := p.Part.Read(b)
	return n, formError(err)
}

// formError makes an error of the client's of one of the form's structure.
func formError(err error) error {
	var body *errs.Error
	if err == nil || err == io.EOF || errors.As(err, &body) {
		return err
	}
	return errNotForm.Wrap(err)
}
