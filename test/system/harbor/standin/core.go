package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

const databasePatience = 60 * time.Second

// core migrates the database, then answers as Harbor's API, token service and registry.
func core() error {
	if err := untilDatabaseAnswers(migrateRows); err != nil {
		return err
	}
	started := time.Now()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2.0/ping", func(response http.ResponseWriter, _ *http.Request) {
		_, _ = response.Write([]byte("Pong"))
	})
	mux.HandleFunc("GET /api/v2.0/health", func(response http.ResponseWriter, _ *http.Request) {
		answer(response, http.StatusOK, health(time.Since(started)))
	})
	mux.HandleFunc("GET /api/v2.0/systeminfo", systemInfo)
	mux.HandleFunc("GET /api/v2.0/users/current", currentUser)
	mux.HandleFunc("PUT /api/v2.0/users/{id}/password", changePassword)
	mux.HandleFunc("GET /service/token", token)
	mux.Handle("/v2/", registryProxy())
	mux.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		refuse(response, http.StatusNotFound, "NOT_FOUND", "the path was not found, or is not one that the stand-in answers")
	})
	log.Printf("%s listens", version)
	return http.ListenAndServe(":8080", mux)
}

func untilDatabaseAnswers(work func() error) error {
	for until := time.Now().Add(databasePatience); ; time.Sleep(200 * time.Millisecond) {
		err := work()
		if err == nil || time.Now().After(until) || !strings.Contains(err.Error(), "connect") {
			return err
		}
	}
}

func registryProxy() http.Handler {
	target := &url.URL{Scheme: "http", Host: "registry:5000"}
	proxy := &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(target)
		request.Out.Header.Del("Authorization")
	}}
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if !hasToken(request) && !isAdministrator(request) {
			realm := os.Getenv("EXT_ENDPOINT") + "/service/token"
			response.Header().Set("WWW-Authenticate", `Bearer realm="`+realm+`",service="harbor-registry"`)
			refuse(response, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized to access the registry")
			return
		}
		proxy.ServeHTTP(response, request)
	})
}
