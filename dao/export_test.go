package dao

import "reflect"

// ParseTag returns the column that the tag of a field of a type describes.
func ParseTag(t reflect.Type, tag string) (Column, error) {
	c, err := newColumn(t)
	if err == nil {
		err = c.ParseTag(tag)
	}
	return c.Column, err
}
