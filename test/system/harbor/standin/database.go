package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
)

// Rows are all that this database holds. Its schema is the release that wrote it last.
type Rows struct {
	Schema   string `json:"schema"`
	Password string `json:"password"`
	// For tests to see whether data are as they were.
	Notes []string `json:"notes"`
}

const databaseFile = "/var/lib/postgresql/data/rows.json"

// database serves its rows on PostgreSQL's port to whoever knows the password that its files were made with: as with PostgreSQL,
// the password of the environment counts at the first start alone.
func database() error {
	var lock sync.Mutex
	passwordFile := "/var/lib/postgresql/data/password"
	password, err := os.ReadFile(passwordFile)
	if os.IsNotExist(err) {
		password = []byte(os.Getenv("POSTGRES_PASSWORD"))
		err = writeFile(passwordFile, password)
	}
	if err != nil {
		return err
	}
	http.HandleFunc("/rows", func(response http.ResponseWriter, request *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if _, given, _ := request.BasicAuth(); given != string(password) {
			http.Error(response, "password authentication failed", http.StatusUnauthorized)
			return
		}
		if request.Method == http.MethodPut {
			var rows Rows
			err := json.NewDecoder(request.Body).Decode(&rows)
			if err == nil {
				text, _ := json.Marshal(rows)
				err = writeFile(databaseFile, text)
			}
			if err != nil {
				http.Error(response, err.Error(), http.StatusInternalServerError)
			}
			return
		}
		text, err := os.ReadFile(databaseFile)
		if err != nil {
			http.Error(response, err.Error(), http.StatusNotFound)
			return
		}
		_, _ = response.Write(text)
	})
	return http.ListenAndServe(":5432", nil)
}

// writeFile writes whole files only, and leaves none half-written when it is killed.
func writeFile(path string, content []byte) error {
	draft := path + ".draft"
	if err := os.WriteFile(draft, content, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(draft, path)
}
