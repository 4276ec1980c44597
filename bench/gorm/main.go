// Gorm is the contestant on gin and gorm, with a transaction around every
// request. It is a program of its own because its SQLite driver and the one of
// the other contestants register under the same name.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/serve"
)

func main() {
	if len(os.Args) == 5 && os.Args[1] == "data-one" {
		each, err := time.ParseDuration(os.Args[4])
		if err == nil {
			err = measureData(os.Args[3], each)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	f, err := serve.Parse("gorm", os.Args[1:])
	if err == nil {
		err = run(f)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func run(f serve.Flags) error {
	if err := serve.Beside(f); err != nil {
		return err
	}
	s, err := open(f.DB)
	if err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(gin.Recovery())
	engine.GET("/api/items/:id", s.get)
	engine.POST("/api/items", s.create)
	return serve.Handler(context.Background(), f, engine)
}

func (s *store) get(c *gin.Context) {
	var in struct {
		ID int64 `uri:"id" binding:"min=1"`
	}
	if err := c.ShouldBindUri(&in); err != nil {
		refuse(c, http.StatusUnprocessableEntity, err)
		return
	}
	var row row
	err := s.readers.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
		return tx.First(&row, in.ID).Error
	})
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		refuse(c, http.StatusNotFound, err)
	case err != nil:
		refuse(c, http.StatusInternalServerError, err)
	default:
		c.JSON(http.StatusOK, row.item())
	}
}

func (s *store) create(c *gin.Context) {
	var in struct {
		Name  string `json:"name" binding:"required,max=100"`
		Note  string `json:"note" binding:"max=500"`
		Price int64  `json:"price" binding:"min=0"`
	}
	if err := c.ShouldBindJSON(&in); err != nil {
		refuse(c, http.StatusUnprocessableEntity, err)
		return
	}
	it := item.New(item.Create{Name: in.Name, Note: in.Note, Price: in.Price})
	row := row{Name: it.Name, Note: it.Note, Price: it.Price, CreatedAt: it.CreatedAt}
	err := s.writer.WithContext(c.Request.Context()).Transaction(func(tx *gorm.DB) error {
		return tx.Create(&row).Error
	})
	if err != nil {
		refuse(c, http.StatusInternalServerError, err)
		return
	}
	c.JSON(http.StatusCreated, row.item())
}

func refuse(c *gin.Context, status int, err error) {
	c.JSON(status, gin.H{"status": status, "detail": err.Error()})
}
