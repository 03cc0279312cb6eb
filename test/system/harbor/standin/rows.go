package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// readRows asks the database; nil when it holds nothing yet.
func readRows() (*Rows, error) {
	response, err := askDatabase(http.MethodGet, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the database answers %s", response.Status)
	}
	var rows Rows
	return &rows, json.NewDecoder(response.Body).Decode(&rows)
}

func writeRows(rows Rows) error {
	text, _ := json.Marshal(rows)
	response, err := askDatabase(http.MethodPut, text)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the database answers %s", response.Status)
	}
	return nil
}

func askDatabase(method string, body []byte) (*http.Response, error) {
	request, _ := http.NewRequest(method, "http://postgresql:5432/rows", bytes.NewReader(body))
	request.SetBasicAuth("postgres", os.Getenv("POSTGRESQL_PASSWORD"))
	client := http.Client{Timeout: 5 * time.Second}
	return client.Do(request)
}

// migrate makes the database this release's, as Harbor's core does at its start: forward only.
func migrateRows() error {
	rows, err := readRows()
	if err != nil {
		return err
	}
	if rows == nil {
		return writeRows(Rows{Schema: version, Password: os.Getenv("HARBOR_ADMIN_PASSWORD")})
	}
	if older(version, rows.Schema) {
		return fmt.Errorf("the database is of %s: %s is older and can't read it", rows.Schema, version)
	}
	if rows.Schema == version {
		return nil
	}
	rows.Notes = append(rows.Notes, "migrated from "+rows.Schema)
	rows.Schema = version
	return writeRows(*rows)
}

func older(a, b string) bool {
	left, right := numbers(a), numbers(b)
	for at := range left {
		if left[at] != right[at] {
			return left[at] < right[at]
		}
	}
	return false
}

func numbers(version string) [3]int {
	var found [3]int
	for at, part := range strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3) {
		found[at], _ = strconv.Atoi(part)
	}
	return found
}
