package main

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// After a failed login Harbor's core refuses the right password as well for this long.
const lockTime = 1500 * time.Millisecond

var (
	guard       sync.Mutex
	lockedUntil time.Time
	tokens      = map[string]bool{}
)

func isAdministrator(request *http.Request) bool {
	name, password, given := request.BasicAuth()
	if !given {
		return false
	}
	rows, err := readRows()
	if err != nil || rows == nil {
		return false
	}
	guard.Lock()
	defer guard.Unlock()
	if time.Now().Before(lockedUntil) {
		return false
	}
	if name == "admin" && password == rows.Password {
		return true
	}
	lockedUntil = time.Now().Add(lockTime)
	return false
}

func currentUser(response http.ResponseWriter, request *http.Request) {
	if !isAdministrator(request) {
		refuse(response, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
		return
	}
	answer(response, http.StatusOK, map[string]any{"user_id": 1, "username": "admin", "sysadmin_flag": true, "realname": "system admin"})
}

func changePassword(response http.ResponseWriter, request *http.Request) {
	var body struct {
		Old string `json:"old_password"`
		New string `json:"new_password"`
	}
	switch {
	case !isAdministrator(request):
		refuse(response, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
		return
	case json.NewDecoder(request.Body).Decode(&body) != nil:
		refuse(response, http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "no password")
		return
	case body.New == body.Old:
		refuse(response, http.StatusBadRequest, "BAD_REQUEST", "the new password can't be the same as the old one")
		return
	}
	rows, err := readRows()
	if err == nil && rows.Password != body.Old {
		refuse(response, http.StatusForbidden, "FORBIDDEN", "Current password is incorrect")
		return
	}
	if err == nil {
		rows.Password = body.New
		err = writeRows(*rows)
	}
	if err != nil {
		refuse(response, http.StatusInternalServerError, "UNKNOWN", "internal server error")
	}
}

// Everybody is answered; an administrator is told more.
func systemInfo(response http.ResponseWriter, request *http.Request) {
	found := map[string]any{"auth_mode": "db_auth", "self_registration": false}
	if isAdministrator(request) {
		found["harbor_version"] = version + "-standin"
		found["external_url"] = os.Getenv("EXT_ENDPOINT")
		found["read_only"] = false
	}
	answer(response, http.StatusOK, found)
}

// A token opens everything here: who may do what is Harbor's affair, and none of an installation's.
func token(response http.ResponseWriter, request *http.Request) {
	if !isAdministrator(request) {
		refuse(response, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
		return
	}
	fresh := rand.Text()
	guard.Lock()
	tokens[fresh] = true
	guard.Unlock()
	answer(response, http.StatusOK, map[string]any{"token": fresh, "access_token": fresh, "expires_in": 1800})
}

func hasToken(request *http.Request) bool {
	given := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	guard.Lock()
	defer guard.Unlock()
	return tokens[given]
}

func answer(response http.ResponseWriter, status int, body any) {
	response.Header().Set("Content-Type", "application/json")
	// As each of Harbor's answers does; a client that keeps it fails at its next write.
	response.Header().Set("Set-Cookie", "sid=standin; Path=/; Secure; HttpOnly")
	response.WriteHeader(status)
	_ = json.NewEncoder(response).Encode(body)
}

func refuse(response http.ResponseWriter, status int, code, message string) {
	answer(response, status, map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
