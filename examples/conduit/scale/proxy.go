package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// proxy is nginx with the application's own deploy/nginx.conf.
type proxy struct {
	addr string
	process
}

// around is what stands around the application's part, with all paths in the folder
// that nginx is started in.
const around = `daemon off;
pid nginx.pid;
error_log nginx.log warn;
worker_processes 1;
events {}
http {
	types { text/html html; text/css css; image/svg+xml svg; }
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	include app.conf;
}
`

func startProxy(ctx context.Context, p *place) (*proxy, error) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			return nil, errors.New("nginx is not installed (Debian, Ubuntu: apt-get install nginx)")
		}
	}
	conf, err := os.ReadFile(filepath.Join(application, "deploy", "nginx.conf"))
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	var upstream strings.Builder
	for _, s := range p.servers {
		// Without max_fails, nginx leaves a server alone for ten seconds that has refused
		// one connection; when all have been restarted meanwhile, nobody is left.
		upstream.WriteString("server " + s.addr + " max_fails=0;\n\t")
	}
	dir := filepath.Join(p.dir, "nginx")
	text := string(conf)
	for _, change := range [][2]string{
		{"server 127.0.0.1:8000;", strings.TrimSpace(upstream.String())},
		{"listen 80;", "listen " + addr + ";"},
		{"listen [::]:80;", ""},
		{"root /srv/conduit;", "root " + dir + ";"},
		{"include mime.types;", ""},
	} {
		if strings.Count(text, change[0]) != 1 {
			return nil, fmt.Errorf("deploy/nginx.conf has not one %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for name, content := range map[string]string{"nginx.conf": around, "app.conf": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	x := &proxy{addr: addr, process: process{name: "nginx", dir: dir, args: []string{"-p", dir + "/", "-e", "nginx.log", "-c", filepath.Join(dir, "nginx.conf")}}}
	if err := x.start(ctx, program); err != nil {
		return nil, err
	}
	for range 100 {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return x, c.Close()
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return x, err
		}
	}
	return x, fmt.Errorf("nginx does not listen:\n%s", x.said())
}

func (x *proxy) stop() error { return x.end(soft) }
