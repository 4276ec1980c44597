//go:build unix

package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/mail"
	"github.com/terem-go/terem/mail/mailtest"
)

// eximConfig is an SMTP server that delivers into a folder: all in DIR, without rights, on this machine only.
// It refuses mail to nobody@, has mail to grey@ come back until there is a file DIR/known, and wants a password
// on its other ports.
const eximConfig = `
exim_path = PROGRAM
exim_user = USER
exim_group = GROUP
never_users =
deliver_drop_privilege = true
primary_hostname = mail.example.com
spool_directory = DIR/spool
log_file_path = DIR/log-%s
pid_file_path = DIR/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = OPEN : SUBMISSION : SMTPS
tls_on_connect_ports = SMTPS
tls_advertise_hosts = *
tls_certificate = DIR/certificate.pem
tls_privatekey = DIR/key.pem
message_size_limit = 200K
acl_smtp_rcpt = rcpt
host_lookup =
rfc1413_hosts =
keep_environment =
smtp_accept_max = 100

begin acl
rcpt:
  deny
    condition = ${if eq{$received_port}{OPEN}{no}{yes}}
    !authenticated = *
    message = log in first
  deny
    local_parts = nobody
    message = no such user
  defer
    local_parts = grey
    condition = ${if exists{DIR/known}{no}{yes}}
    message = greylisted, try again later
  accept

begin routers
local:
  driver = accept
  transport = folder

begin transports
folder:
  driver = appendfile
  directory = DIR/box
  maildir_format
  create_directory

begin retry
* * F,1h,1m

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{shop}}{eq{$auth3}{pass:w@rd}}}}
  server_advertise_condition = ${if def:tls_in_cipher}
`

// exim is an SMTP server as it runs elsewhere.
type exim struct {
	dir                     string
	open, submission, smtps string // addresses
	trust                   *tls.Config
}

// startExim starts a server of its own for the test, or skips it.
func startExim(t *testing.T) *exim {
	t.Helper()
	program, err := exec.LookPath("exim4")
	if err != nil {
		program = "/usr/sbin/exim4"
		_, err = os.Stat(program)
	}
	if err != nil {
		if os.Getenv("TEREM_TEST") == "all" {
			t.Fatalf("exim4 is missing: %v", err)
		}
		t.Skip("exim4 is not installed (Debian: exim4-daemon-light); TEREM_TEST=all makes this a failure")
	}
	dir, err := os.MkdirTemp("", "exim")
	if err != nil {
		t.Fatal(err)
	}
	account, err := osuser.Current()
	attributes := &syscall.SysProcAttr{Setsid: true}
	if err == nil && account.Uid == "0" {
		if account, err = osuser.Lookup("nobody"); err == nil {
			uid, _ := strconv.Atoi(account.Uid)
			gid, _ := strconv.Atoi(account.Gid)
			attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
			err = os.Chown(dir, uid, gid)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	e := &exim{dir: dir, open: freeAddress(t), submission: freeAddress(t), smtps: freeAddress(t), trust: writeCertificate(t, dir)}
	port := func(address string) string { return address[strings.LastIndex(address, ":")+1:] }
	config := filepath.Join(dir, "exim.conf")
	text := strings.NewReplacer("DIR", dir, "PROGRAM", program, "USER", account.Uid, "GROUP", account.Gid,
		"OPEN", port(e.open), "SUBMISSION", port(e.submission), "SMTPS", port(e.smtps)).Replace(eximConfig)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil { // Exim reads it again as whoever it runs as
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-C", config, "-bdf")
	cmd.Dir, cmd.SysProcAttr = dir, attributes
	p := processtest.Start(t, cmd)
	t.Cleanup(func() { // after which it is killed, if need be
		p.Kill()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // those who deliver
		for late := time.Now().Add(10 * time.Second); os.RemoveAll(dir) != nil && time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		}
	})
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", e.smtps)
		if err == nil {
			conn.Close()
			return e
		}
		if time.Now().After(late) {
			log, _ := os.ReadFile(filepath.Join(dir, "log-panic"))
			t.Fatalf("exim4 does not listen: %v\n%s%s", err, p.Log, log)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// writeCertificate writes the server's certificate, and returns what trusts the authority that has signed it.
func writeCertificate(t *testing.T, dir string) *tls.Config {
	t.Helper()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority of our own"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	server := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, server, authority, key.Public(), authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"certificate.pem": {Type: "CERTIFICATE", Bytes: certificate}, "key.pem": {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o644); err != nil { // it lives as long as the test
			t.Fatal(err)
		}
	}
	trusted, err := x509.ParseCertificate(signed)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(trusted)
	return &tls.Config{RootCAs: roots}
}

// client returns a client that sends to one of the addresses.
func (e *exim) client(t *testing.T, url string) *mail.Client {
	t.Helper()
	return openURL(t, url, mail.Config{From: shop, TLS: e.trust})
}

// wait waits until n messages were delivered, and returns them.
func (e *exim) wait(t *testing.T, n int) []mailtest.Message {
	t.Helper()
	for late := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(e.dir, "box/new/*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) < n {
			if time.Now().After(late) {
				log, _ := os.ReadFile(filepath.Join(e.dir, "log-main"))
				t.Fatalf("%d messages were delivered, want %d:\n%s", len(files), n, log)
			}
			continue
		}
		var messages []mailtest.Message
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mailtest.Parse(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))) // lines in files end in LF
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, m)
		}
		return messages
	}
}

// expect fails the test unless n messages were delivered and no other is on its way.
func (e *exim) expect(t *testing.T, n int) {
	t.Helper()
	got := len(e.wait(t, n))
	waiting, err := filepath.Glob(filepath.Join(e.dir, "spool/input/*-D"))
	if err != nil || got != n {
		t.Errorf("%d messages were delivered, want %d: %v", got, n, err)
	}
	for _, file := range waiting { // one that is being taken, or has been delivered, goes away by itself
		for late := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(file); err != nil {
				break
			} else if time.Now().After(late) {
				t.Fatalf("%s still waits", file)
			}
		}
	}
	if again := len(e.wait(t, n)); again != n {
		t.Errorf("%d messages were delivered, want %d", again, n)
	}
}

// cutter returns the address of a proxy that cuts its connection in the midst of a message, or after all of it and before
// the server's answer.
func (e *exim) cutter(t *testing.T, half bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		client, err := l.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp", e.open)
		if err != nil {
			return
		}
		defer server.Close()
		if half {
			go func() { _, _ = io.Copy(client, server) }()
			_, _ = io.CopyN(server, client, 20_000)
			return
		}
		ended := make(chan struct{})
		go func() { // hands on answers, but for that to the message
			defer close(ended)
			buffer := make([]byte, 4096)
			for asked := false; ; {
				n, err := server.Read(buffer)
				if err != nil || asked {
					return
				}
				asked = bytes.HasPrefix(buffer[:n], []byte("354"))
				if _, err := client.Write(buffer[:n]); err != nil {
					return
				}
			}
		}()
		go func() { _, _ = io.Copy(server, client) }()
		<-ended
	}()
	return l.Addr().String()
}
