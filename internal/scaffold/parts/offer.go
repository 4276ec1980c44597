package parts

import (
	"context"
	"fmt"
	"go/types"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/typecheck"
)

// offer is a method that a domain has for others.
type offer struct {
	name    string
	field   string // of the type Domain whose value has it; "" for Domain itself
	pointer bool   // a pointer to the field has it
	of      string // the type that has it, such as users.Repository
	types   *types.Signature
}

// findOffer finds the method of a domain's Domain, or of what its fields have.
func findOffer(ctx context.Context, app *application.Application, folder, field, method string) (*offer, error) {
	pkg, problems, err := typecheck.Package(ctx, app.Dir, folder)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s does not compile, so what it offers is not known: %s", folder, problems[0])
	}
	obj, ok := pkg.Scope().Lookup("Domain").(*types.TypeName)
	if !ok {
		return nil, fmt.Errorf("%s declares no type Domain, so it offers nothing", folder)
	}
	st, ok := obj.Type().Underlying().(*types.Struct)
	if !ok {
		return nil, fmt.Errorf("%s: Domain is no struct, so it offers nothing", folder)
	}
	var found []*offer
	if field == "" {
		if o := offered(types.NewPointer(obj.Type()), method); o != nil {
			return o, nil
		}
	}
	var fields []string
	for f := range st.Fields() {
		if !f.Exported() || field != "" && f.Name() != field || types.IsInterface(f.Type()) { // an interface is what the domain needs
			continue
		}
		fields = append(fields, f.Name())
		o := offered(f.Type(), method)
		if o == nil {
			if o = offered(types.NewPointer(f.Type()), method); o != nil {
				o.pointer = true
			}
		}
		if o != nil {
			o.field = f.Name()
			found = append(found, o)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var names []string
		for _, o := range found {
			names = append(names, folder+"."+o.field+"."+method)
		}
		return nil, fmt.Errorf("%s.%s can be %s: say which", folder, method, strings.Join(names, " or "))
	case field != "" && len(fields) == 0:
		return nil, fmt.Errorf("%s: Domain has no field %s", folder, field)
	}
	return nil, fmt.Errorf(`%s offers no method %s. Write it first, in %[1]s/repository.go, for instance:

	// %[2]s returns …
	func (r Repository) %[2]s(ctx context.Context, q db.Querier, id int64) (int64, error) {
		…
	}

It takes and returns what both domains can name: numbers, strings, times, types of the library. Then link again`, folder, method)
}

// offered returns the method of a type, or nil.
func offered(t types.Type, method string) *offer {
	s := types.NewMethodSet(t).Lookup(nil, method)
	if s == nil {
		return nil
	}
	return &offer{name: method, of: strings.TrimPrefix(types.TypeString(t, (*types.Package).Name), "*"), types: s.Type().(*types.Signature)}
}
