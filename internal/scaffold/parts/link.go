package parts

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Link lets a domain call a method of another one without importing it: the domain declares a small interface, and main
// hands it what has the method.
type Link struct {
	Domain string // that calls, such as orders
	Method string // that is called: users.Balance, or users.Auth.LogOut where several have one of that name
	As     string // the name of the interface; by default that of the field with the method
}

// Add writes the interface, a field of Domain and of Router that holds it, and the statement of main that hands it over
// once both domains are made.
func (l Link) Add(ctx context.Context, app *application.Application, c *change.Set) error {
	provider, wanted, _ := strings.Cut(l.Method, ".")
	field, method, deep := strings.Cut(wanted, ".")
	if !deep {
		field, method = "", wanted
	}
	switch {
	case !typeForm.MatchString(method) || deep && !typeForm.MatchString(field):
		return fmt.Errorf("%q is no method: name the domain that has it, a point and the method, such as users.Balance", l.Method)
	case l.As != "" && !typeForm.MatchString(l.As):
		return fmt.Errorf("--as %q cannot be the name of an interface: take one such as Balances", l.As)
	case provider == l.Domain:
		return fmt.Errorf("%s needs no link to itself: call %s", l.Domain, wanted)
	}
	consumer, err := app.DomainPackage(l.Domain)
	if err != nil {
		return err
	}
	if _, err := app.DomainPackage(provider); err != nil {
		return err
	}
	k := link{app: app, consumer: consumer, provider: provider, name: l.As}
	if k.main, err = app.Package("."); err != nil {
		return err
	}
	if err := k.findMain(); err != nil {
		return err
	}
	if k.offer, err = findOffer(ctx, app, provider, field, method); err != nil {
		return err
	}
	if k.name == "" {
		k.name = k.offer.field
	}
	if k.name == "" {
		k.name = domain.GoName(provider)
	}
	if k.signature, err = k.write(); err != nil {
		return err
	}
	return k.edit(c)
}

// link is a link that is being written.
type link struct {
	app            *application.Application
	main, consumer *application.Package
	provider       string
	from, to       *application.Made
	offer          *offer
	signature      *signature
	name           string // of the interface, and of the field that holds it
}

// findMain finds where main makes the two domains.
func (k *link) findMain() (err error) {
	if k.from, err = k.app.Made(k.main, k.provider); err != nil {
		return err
	}
	if k.to, err = k.app.Made(k.main, k.consumer.Folder); err != nil {
		return err
	}
	if k.from.Function != k.to.Function {
		return fmt.Errorf("main.go makes %s in %s and %s in %s: nothing knows both. Make them in one function", k.provider, k.from.Function, k.consumer.Folder, k.to.Function)
	}
	return nil
}

// handover is the statement of main.
func (k *link) handover() string {
	value := strings.TrimSuffix(k.from.Value+"."+k.offer.field, ".")
	if k.offer.pointer {
		value = "&" + value
	}
	return fmt.Sprintf("%s.%s = %s", k.to.Value, k.name, value)
}

// edit writes the link. Where main hands over the same already, the interface gets one more method.
func (k *link) edit(c *change.Set) error {
	folder, file := k.consumer.Folder, k.consumer.File(k.name, "dependencies.go")
	method := "\t" + k.offer.name + k.signature.text
	if methods, ok := k.consumer.Interface(k.name); ok && k.main.Has(k.from.Function, k.handover()) {
		if methods[k.offer.name] {
			return fmt.Errorf("%s: %s has the method %s already", file, k.name, k.offer.name)
		}
		c.Go(file, func(f *goedit.File) {
			k.signature.addImports(f)
			f.AddSignature(k.name, method, goedit.Last)
		})
		return nil
	}
	if other := k.consumer.Declares(k.name); other != "" {
		return fmt.Errorf("%s/%s has another %s. Give the interface a name of its own, such as --as %s%s", folder, other, k.name, domain.GoName(k.provider), k.offer.name)
	}
	if k.consumer.HasField("Domain", k.name) {
		return fmt.Errorf("%s/domain.go: Domain has a field %s already. Give the interface a name of its own, such as --as %s%s", folder, k.name, domain.GoName(k.provider), k.offer.name)
	}
	text := comment(fmt.Sprintf("%s is what this domain needs of %s. main hands it over, so that neither imports the other for it.", k.name, k.provider)) +
		fmt.Sprintf("type %s interface {\n%s\n}", k.name, method)
	if err := k.declare(c, text); err != nil {
		return err
	}
	c.Go(k.consumer.File("Domain", "domain.go"), func(f *goedit.File) {
		f.AddField("Domain", fmt.Sprintf("\t%s %s // handed over by main", k.name, k.name), goedit.Last)
	})
	k.give(c)
	place := goedit.Last
	if r, err := k.app.Registers(k.main); err == nil && r.Function == k.from.Function {
		place = goedit.Before(r.Stmt) // where the router gets it
	}
	c.Go(k.from.File, func(f *goedit.File) {
		f.AddStatement(k.from.Function, "\t"+k.handover(), place)
	})
	return nil
}

// declare writes the interface into dependencies.go.
func (k *link) declare(c *change.Set, text string) error {
	file := path.Join(k.consumer.Folder, "dependencies.go")
	if k.consumer.Files["dependencies.go"] != nil {
		c.Go(file, func(f *goedit.File) {
			k.signature.addImports(f)
			f.AddDecl(text, goedit.Last)
		})
		return nil
	}
	f, err := goedit.Parse(file, []byte("package "+k.consumer.Name+"\n"))
	if err != nil {
		return err
	}
	f.Module = k.app.Path
	k.signature.addImports(f)
	f.AddDecl(text, goedit.Last)
	src, err := f.Source()
	c.Create(file, src)
	return err
}

// give hands the interface on to the router, if the domain makes one.
func (k *link) give(c *change.Set) {
	field := domain.Lower(k.name)
	if k.consumer.Struct("Router") == nil || k.consumer.HasField("Router", field) || !k.consumer.Has("Domain.Register", "Router{") {
		return
	}
	c.Go(k.consumer.File("Router", "router.go"), func(f *goedit.File) {
		f.AddField("Router", "\t"+field+" "+k.name, goedit.Last)
	})
	c.Go(k.consumer.File("Domain.Register", "domain.go"), func(f *goedit.File) {
		f.AddElement("Domain.Register", "Router", fmt.Sprintf("%s: %s.%s", field, k.consumer.Receiver("Domain.Register", "d"), k.name), goedit.Last)
	})
}
