// The reference implementation as an oracle: cases on standard input, one JSON object a line, and for each its verdict on
// standard output. Everything a verdict depends on is in the case: notation-go reads the clock itself, so each case runs in
// a bubble of testing/synctest, whose clock is set by sleeping.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// The longest line is that of a case with an envelope of some MiB.
const maxLine = 256 << 20

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		printVersions()
		return
	}
	serve := testing.InternalTest{Name: "oracle", F: serve}
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{serve}, nil, nil)
}

func serve(t *testing.T) {
	stores, err := newStoreFolders()
	if err != nil {
		t.Fatal(err)
	}
	defer stores.remove()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		answer, err := json.Marshal(judge(t, stores, lines.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(answer, '\n'))
		out.Flush()
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func judge(t *testing.T, stores *storeFolders, line []byte) (answer Answer) {
	var c Case
	if err := json.Unmarshal(line, &c); err != nil {
		return Answer{Kind: "case", Error: err.Error()}
	}
	clock := time.UnixMilli(c.Clock)
	synctest.Test(t, func(*testing.T) {
		defer func() {
			if reason := recover(); reason != nil {
				answer = Answer{Kind: "panic", Error: fmt.Sprint(reason)}
			}
		}()
		time.Sleep(time.Until(clock))
		answer = verify(c, stores)
	})
	return answer
}

// The versions that were linked, as JSON.
func printVersions() {
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		versions["go"] = info.GoVersion
		for _, module := range info.Deps {
			versions[module.Path] = module.Version
		}
	}
	json.NewEncoder(os.Stdout).Encode(versions)
}
