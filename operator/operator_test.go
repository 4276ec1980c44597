package operator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/operator"
)

func TestOnlyOperatorsGetIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		id := enqueue(t, d, report{})
		c := apitest.New(t, newHandler(t, a))
		job := fmt.Sprint("/operator/jobs/", id)
		for _, path := range []string{"/operator", "/operator/jobs", "/operator/events", job} {
			c.Get(path).Expect(401)
			c.With("Cookie", "who=bob").Get(path).Expect(403)
			c.With("Cookie", "who=ada").Get(path).Expect(200)
		}
		for _, path := range []string{job + "/retry", job + "/cancel", "/operator/queues/default/pause", "/operator/queues/default/resume"} {
			c.Submit(path, nil).Expect(401)
			c.With("Cookie", "who=bob").Submit(path, nil).Expect(403)
			c.With("Cookie", "who=ada").With("Sec-Fetch-Site", "cross-site").Submit(path, nil).Expect(403)
		}
		if got := audit(t, d); len(got) > 0 || get(t, d, id).State != jobs.StateWaiting {
			t.Errorf("somebody else did %q", got)
		}
	})
}

func TestJob(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		c := operate(t, a)
		args := report{Month: "<May>", APIKey: "an api key"}
		args.Account.IBAN = "an account"
		id := enqueue(t, d, args)
		path := fmt.Sprint("/operator/jobs/", id)
		page := c.Get(path).Expect(200).Contains("test.report", "&lt;May&gt;", "waiting", "Cancel it", "No attempt has failed")
		if strings.Contains(page.Body, "Run it now") {
			t.Error("a job that is due may be run now")
		}
		if err := a.Workers().RunDue(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		done := c.Get(path).Expect(200).Contains("done", "&#34;rows&#34;: 17", "Ended")
		for _, text := range []string{page.Body, done.Body} {
			for _, secret := range []string{"an api key", "an account", "result secret", "<May>"} {
				if strings.Contains(text, secret) {
					t.Errorf("the page shows %q", secret)
				}
			}
		}
		if text := done.Body; strings.Contains(text, "Cancel it") || strings.Contains(text, "Run it now") {
			t.Error("a job that is done can be changed")
		}
		c.Submit(path+"/retry", nil).Expect(303)
		c.Submit(path+"/cancel", nil).Expect(303)
		if got := audit(t, d); len(got) > 0 {
			t.Errorf("what came to nothing was noted: %q", got)
		}
		c.Get("/operator/jobs/4711").ExpectError(404, "jobs.not_found")
		c.Submit("/operator/jobs/4711/retry", nil).ExpectError(404, "jobs.not_found")
	})
}

func TestFailedJobIsRetriedOrCancelled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		c := operate(t, a)
		id, other := enqueue(t, d, broken{}, jobs.MaxAttempts(1)), enqueue(t, d, broken{"panic"})
		if err := a.Workers().RunDue(t.Context(), d); err == nil {
			t.Fatal("nothing failed")
		}
		c.Get("/operator").Expect(200).Contains("test.broken", "it is &lt;broken&gt; &amp; stays so", "panic: it panics", "given up")
		c.Get("/operator/jobs?state=given+up").Expect(200).Contains(fmt.Sprintf("/operator/jobs/%d\"", id))
		path := fmt.Sprint("/operator/jobs/", id)
		c.Get(path).Expect(200).Contains("Attempt 1", "it is &lt;broken&gt;", "Run it now", "1 of 1")
		c.Browser().Submit(path+"/retry", nil).Expect(303).Follow().Expect(200).Contains("It is run as soon as a worker is free.", "waiting", "1 of 2")
		c.Submit(fmt.Sprint("/operator/jobs/", other, "/cancel"), nil).Expect(303)
		if got := get(t, d, other).State; got != jobs.StateCancelled {
			t.Errorf("the other job is %s", got)
		}
		want := []string{fmt.Sprintf("ada jobs.retried jobs/%d test.broken", id), fmt.Sprintf("ada jobs.cancelled jobs/%d test.broken", other)}
		if diff := cmp.Diff(want, audit(t, d)); diff != "" {
			t.Errorf("the audit log (-want +got):\n%s", diff)
		}
	})
}

func TestQueuesArePaused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		c := operate(t, a)
		enqueue(t, d, broken{}, jobs.Queue("slow"))
		client, err := jobs.New(d, a.Workers(), jobs.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer client.Stop(context.Background())
		for end := time.Now().Add(time.Minute); !strings.Contains(c.Get("/operator").Body, "queues/default/pause"); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the queue is not shown")
			}
		}
		page := c.Get("/operator").Contains("slow", "daily at 3:30 UTC", "none that is kept")
		if strings.Contains(page.Body, "queues/slow/pause") {
			t.Error("a queue that nobody works can be paused")
		}
		c.Browser().Submit("/operator/queues/default/pause", nil).Expect(303).Follow().Contains("No more of its jobs are begun", "paused", "queues/default/resume")
		c.Browser().Submit("/operator/queues/default/resume", nil).Expect(303).Follow().Contains("Its jobs are run again", "queues/default/pause")
		c.Submit("/operator/queues/slow/pause", nil).ExpectError(404, "jobs.no_queue")
		want := []string{"ada jobs.queue_paused queues/default ", "ada jobs.queue_resumed queues/default "}
		if diff := cmp.Diff(want, audit(t, d)); diff != "" {
			t.Errorf("the audit log (-want +got):\n%s", diff)
		}
	})
}

func TestListsGoOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		c := operate(t, a)
		do(t, d, func(ctx context.Context, s *db.Session) error {
			if err := jobs.EnqueueMany(ctx, s, make([]report, 51), jobs.In(time.Hour)); err != nil {
				return err
			}
			return jobs.Enqueue(ctx, s, broken{}, jobs.Queue("slow"))
		})
		first := c.Get("/operator/jobs?kind=test.report&state=later").Expect(200).Contains(">Older<", `<option selected>later`, `<option selected>test.report`)
		if n := strings.Count(first.Body, `<th scope="row">`); n != 50 || strings.Contains(first.Body, ">Newest<") {
			t.Errorf("the first page has %d rows, want 50", n)
		}
		_, link, _ := strings.Cut(first.Body, `rel="next" href="`)
		link, _, _ = strings.Cut(link, `"`)
		second := c.Get("/operator/jobs" + strings.ReplaceAll(link, "&amp;", "&")).Expect(200).Contains(">Newest<")
		if n := strings.Count(second.Body, `<th scope="row">`); n != 1 || strings.Contains(second.Body, ">Older<") {
			t.Errorf("the second page has %d rows, want 1", n)
		}
		if n := strings.Count(c.Get("/operator/jobs?queue=slow").Body, `<th scope="row">`); n != 1 {
			t.Errorf("the other queue has %d rows, want 1", n)
		}
		c.Get("/operator/jobs?kind=nobody's").Expect(200).Contains("There are no such jobs", "nobody&#39;s")
		c.Get("/operator/jobs?state=lost").Expect(422)
	})
}

func TestEventsAreDeliveredAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		a := newApp(t, d)
		c := operate(t, a)
		c.Get("/operator/events").Expect(200).Contains("All events have reached")
		do(t, d, func(ctx context.Context, s *db.Session) error { return events.Publish(ctx, s, shipped{Order: 17}) })
		if err := a.Workers().RunDue(t.Context(), d); err == nil {
			t.Fatal("nothing failed")
		}
		page := c.Get("/operator/events").Expect(200).Contains("orders.shipped", "mails.shipped", "failed", "it is &lt;broken&gt;")
		_, link, _ := strings.Cut(page.Body, `action="`)
		link, _, _ = strings.Cut(link, `"`)
		c.Browser().Submit(link, nil).Expect(303).Follow().Contains("deliver:mails.shipped", "waiting")
	})
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]operator.Config{
		"has no Audit": {},
		"the Key of":   {Audit: auth.NewAudit(nil), Key: []byte("short")},
		"prefix":       {Audit: auth.NewAudit(nil), Path: "operator"},
	} {
		if _, err := operator.New(c, find); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", c, err, want)
		}
	}
}
