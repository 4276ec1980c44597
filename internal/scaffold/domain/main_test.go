package domain_test

import (
	"flag"
	"sync"
	"testing"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/schema"
)

var update = flag.Bool("update", false, "write the golden files")

var templateModels = sync.OnceValues(func() ([]*dao.Model, error) { return schema.Models("../app") })

// models returns those of an application, and a table of products.
func models(t *testing.T) []*dao.Model {
	t.Helper()
	list, err := templateModels()
	if err != nil {
		t.Fatal(err)
	}
	product, err := dao.NewModel("products", "products.Product", []dao.Column{
		{Name: "id", Field: "ID", Type: "int64", Kind: "int64", Key: true},
		{Name: "sku", Field: "SKU", Type: "string", Kind: "string", Unique: true},
		{Name: "kind", Field: "Kind", Type: "products.Kind", Kind: "string", Values: []string{"book", "pen"}},
		{Name: "maker_id", Field: "MakerID", Type: "int64", Kind: "int64", References: &dao.Reference{Table: "users", Column: "id"}},
		{Name: "price", Field: "Price", Type: "decimal.Decimal", Kind: dao.KindDecimal, Precision: 12, Scale: 2},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := dao.NewModel("pairs", "products.Pair", []dao.Column{
		{Name: "a", Field: "A", Type: "int64", Kind: "int64", Key: true},
		{Name: "b", Field: "B", Type: "int64", Kind: "int64", Key: true},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return append(list[:len(list):len(list)], product, pair)
}

// create returns a domain that must be right.
func create(t *testing.T, o domain.Options) *domain.Domain {
	t.Helper()
	o.Module = "shop"
	d, err := domain.New(o, models(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
