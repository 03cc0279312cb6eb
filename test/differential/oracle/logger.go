package main

import "fmt"

// reasons is a log.Logger that keeps the errors of single OCSP responders and CRLs, which no error tells of.
type reasons struct {
	lines []string
}

func (r *reasons) keep(line string) {
	if len(r.lines) < 20 {
		r.lines = append(r.lines, line)
	}
}

func (r *reasons) Debug(...any)                      {}
func (r *reasons) Debugf(format string, args ...any) {}
func (r *reasons) Debugln(...any)                    {}
func (r *reasons) Info(...any)                       {}
func (r *reasons) Infof(format string, args ...any)  {}
func (r *reasons) Infoln(...any)                     {}
func (r *reasons) Warn(...any)                       {}
func (r *reasons) Warnf(format string, args ...any)  {}
func (r *reasons) Warnln(...any)                     {}
func (r *reasons) Error(args ...any)                 { r.keep(fmt.Sprint(args...)) }
func (r *reasons) Errorf(format string, args ...any) { r.keep(fmt.Sprintf(format, args...)) }
func (r *reasons) Errorln(args ...any)               { r.keep(fmt.Sprintln(args...)) }
