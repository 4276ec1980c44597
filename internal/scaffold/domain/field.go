package domain

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Type is what a field holds.
type Type string

// The types of fields.
const (
	String   Type = "string"   // one line, of at most Size characters
	Text     Type = "text"     // any number of lines
	Int      Type = "int"      // 64 bits
	Float    Type = "float"    // 64 bits
	Bool     Type = "bool"     //
	Decimal  Type = "decimal"  // an exact number
	Date     Type = "date"     // a day
	Time     Type = "time"     // a moment
	Duration Type = "duration" // in nanoseconds
	UUID     Type = "uuid"     //
	JSON     Type = "json"     // an object of any members
	Enum     Type = "enum"     // one of Values
	Ref      Type = "ref"      // the key of a row of another table
)

// Field is a field of a domain.
type Field struct {
	Name     string // as it was typed, such as total; a reference's column has _id behind it
	Type     Type
	Nullable bool
	Unique   bool

	Size             int      // of a string, 200 by default
	Precision, Scale int      // of a decimal: all digits and those behind the point, 12 and 2 by default
	Values           []string // of an enum

	To    string  // what a reference was said to refer to: a table or a domain
	Owner bool    // the row belongs to the user whom it refers to
	Table *Target // what a reference refers to, see Find

	itself      bool // the other table is the domain's own
	uniqueWhere bool // no two rows that are not deleted have the same value: the method Table says so
}

// textSize is how long a text may be that a client sends, in characters.
const textSize = 10000

// FieldHelp explains the language of fields, for the help of commands.
const FieldHelp = `A field is NAME:TYPE, quoted where the shell needs it: 'total:decimal' 'note:text?' 'status:enum(new,paid)'.

  string string(40)   one line of text, at most 200 characters or as many as it says
  text                any number of lines
  int float bool      numbers of 64 bits; true or false
  decimal(12,2)       an exact number of 12 digits, 2 of them behind the point; both by default
  date time duration  a day; a moment; a length of time
  uuid json           a UUID; an object of any members
  enum(new,paid)      one of these values
  ref(products)       a row of a table or of a domain's table: product:ref(products) becomes product_id
  ref(users,owner)    the user whom the row belongs to: nobody else sees it, but superusers

Behind the type, ? lets the field be NULL, and ! lets no two rows have the same value.`

var fieldForm = regexp.MustCompile(`^([^:]*):([a-z]+)(?:\(([^()]*)\))?([?!]*)$`)

// ParseField reads a field such as note:text?. Errors name the field and say what
// was expected.
func ParseField(text string) (Field, error) {
	m := fieldForm.FindStringSubmatch(text)
	if m == nil {
		return Field{}, fmt.Errorf("%q is not a field: expected NAME:TYPE, such as total:decimal, 'note:text?' or 'status:enum(new,paid)'", text)
	}
	f := Field{Name: m[1], Type: Type(m[2]), Nullable: strings.Contains(m[4], "?"), Unique: strings.Contains(m[4], "!")}
	var args []string
	if m[3] != "" {
		for arg := range strings.SplitSeq(m[3], ",") {
			args = append(args, strings.TrimSpace(arg))
		}
	}
	err := f.setArgs(args)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return Field{}, fmt.Errorf("the field %s: %w", text, err)
	}
	return f, nil
}

// types are the types without arguments; the others are told apart in setArgs.
var types = []Type{Text, Int, Float, Bool, Date, Time, Duration, UUID, JSON}

func (f *Field) setArgs(args []string) error {
	switch {
	case f.Type == String:
		f.Size = 200
		return f.numbers(args, "a string has a size, as in string(40)", &f.Size)
	case f.Type == Decimal:
		f.Precision, f.Scale = 12, 2
		return f.numbers(args, "a decimal has digits, as in decimal(12,2)", &f.Precision, &f.Scale)
	case f.Type == Enum:
		f.Values = args
		return nil
	case f.Type == Ref && (len(args) == 1 || len(args) == 2 && args[1] == "owner"):
		f.To, f.Owner = args[0], len(args) == 2
		return nil
	case f.Type == Ref:
		return errors.New("a reference names a table or a domain, as in ref(products), or an owner, as in ref(users,owner)")
	case !slices.Contains(types, f.Type):
		return fmt.Errorf("the type %s is not known; expected string, text, int, float, bool, decimal, date, time, duration, uuid, json, enum(a,b) or ref(table)", f.Type)
	case len(args) > 0:
		return fmt.Errorf("%s takes nothing in parentheses", f.Type)
	}
	return nil
}

// numbers reads as many arguments as there are, all or none.
func (f *Field) numbers(args []string, usage string, into ...*int) error {
	if len(args) > 0 && len(args) != len(into) {
		return errors.New(usage)
	}
	for i, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil || n < 0 {
			return errors.New(usage)
		}
		*into[i] = n
	}
	return nil
}

// maxSize and maxDigits are what databases take.
const maxSize, maxDigits = 10485760, 1000

var valueForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)

// check refuses what cannot be, once the arguments are read.
func (f *Field) check() error {
	if !NameForm.MatchString(f.Name) {
		return fmt.Errorf("%q cannot be its name: expected words of a-z and 0-9 with _ between, such as due_at", f.Name)
	}
	if len(f.Column()) > 50 {
		return errors.New("its name is too long for a database")
	}
	switch {
	case f.Type == String && (f.Size < 1 || f.Size > maxSize):
		return fmt.Errorf("a string has a size from 1 to %d", maxSize)
	case f.Type == Decimal && (f.Precision < 1 || f.Precision > maxDigits || f.Scale > f.Precision):
		return fmt.Errorf("a decimal has 1 to %d digits, and no more behind the point than in all", maxDigits)
	case f.Type == JSON && f.Nullable:
		return errors.New("json is never NULL, since an empty object says the same: leave out the ?")
	case f.Unique && slices.Contains([]Type{Text, Float, Bool, JSON, Enum, Duration}, f.Type):
		return fmt.Errorf("two rows may well have the same %s: leave out the \"!\"", f.Type)
	case f.Unique && f.room() < 3:
		return errors.New("there are too few values for rows to differ in: give it room for 3 characters or digits, or leave out the \"!\"")
	case f.Owner && (f.Nullable || f.Unique):
		return errors.New("every row has an owner, who may own several: leave out the \"?\" or \"!\"")
	}
	if f.Type == Enum {
		return f.checkValues()
	}
	return nil
}

func (f *Field) checkValues() error {
	if len(f.Values) < 2 {
		return errors.New("an enum has at least two values, as in enum(new,paid)")
	}
	names := map[string]bool{}
	for _, v := range f.Values {
		if !valueForm.MatchString(v) {
			return fmt.Errorf("%q cannot be a value: expected a letter, then letters, digits, _ and -", v)
		}
		if name := f.Constant(v); names[name] {
			return fmt.Errorf("two of its values have the same name in Go, %s", name)
		} else {
			names[name] = true
		}
	}
	return nil
}

// Column returns the name of the field's column, which is its name in JSON too.
func (f Field) Column() string {
	if f.Type == Ref && !strings.HasSuffix(f.Name, "_id") {
		return f.Name + "_id"
	}
	return f.Name
}

// Go returns the name of the field in Go, such as UserID.
func (f Field) Go() string { return GoName(f.Column()) }

// Constant returns the name of the constant for a value of an enum.
func (f Field) Constant(value string) string {
	return f.Go() + GoName(strings.ToLower(strings.ReplaceAll(Snake(value), "-", "_")))
}
