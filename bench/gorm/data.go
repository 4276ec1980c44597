package main

import (
	"context"
	"errors"
	"os"
	"time"

	"gorm.io/gorm"

	"github.com/terem-go/terem/bench/data"
	"github.com/terem-go/terem/bench/item"
)

// dataStore is gorm in one transaction.
type dataStore struct{ tx *gorm.DB }

var errDone = errors.New("done")

// measureData measures data access alone.
func measureData(url string, each time.Duration) error {
	s, err := open(url)
	if err != nil {
		return err
	}
	err = s.writer.Transaction(func(tx *gorm.DB) error {
		if err := data.Write(context.Background(), &dataStore{tx}, each, os.Stdout); err != nil {
			return err
		}
		return errDone
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

func (s *dataStore) Get(ctx context.Context, id int64) (item.Item, error) {
	var r row
	err := s.tx.WithContext(ctx).First(&r, id).Error
	return r.item(), err
}

func (s *dataStore) List(ctx context.Context, n int) ([]item.Item, error) {
	var rows []row
	if err := s.tx.WithContext(ctx).Order("id").Limit(n).Find(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]item.Item, len(rows))
	for i := range rows {
		list[i] = rows[i].item()
	}
	return list, nil
}

func (s *dataStore) Insert(ctx context.Context, it item.Item) error {
	r := rowOf(&it)
	return s.tx.WithContext(ctx).Create(&r).Error
}

func (s *dataStore) InsertNumbered(ctx context.Context, list []item.Item) error {
	return s.InsertMany(ctx, list)
}

func (s *dataStore) InsertMany(ctx context.Context, list []item.Item) error {
	rows := make([]row, len(list))
	for i := range list {
		rows[i] = rowOf(&list[i])
	}
	return s.tx.WithContext(ctx).CreateInBatches(rows, 1000).Error
}

func rowOf(it *item.Item) row {
	return row{Name: it.Name, Note: it.Note, Price: it.Price, CreatedAt: it.CreatedAt}
}
