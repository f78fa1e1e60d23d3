"""When channels are looked at: at once when a file is there, by cron, within windows, by hand, and never twice at once."""
import datetime
import os
import subprocess
import unittest

import harness
from harness import group, interchange, invoice_body, transaction_set

HOUR = "poll_interval: 1h\n"


def invoice(number):
    return interchange(number, [group("IN", number, [transaction_set("810", "0001", invoice_body(f"INV{number}"))])])


class Scheduled(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def set_channel(self, text):
        with (self.site.folder / "channels" / "van.yaml").open("a") as out:
            out.write(text)

    def numbers(self):
        return sorted(document["number"] for document in self.site.receiver.documents())

    def wait_for(self, *numbers, seconds=60):
        harness.wait_for(lambda: self.numbers() == sorted(numbers), seconds, f"{numbers}, there are {self.numbers()}")

    def first_look(self):
        """The gateway runs, and the look at its start is over: what comes now would wait for an hour."""
        self.site.drop("first.edi", invoice(1))
        self.site.serve()
        self.wait_for("INV1")


class AtOnce(Scheduled):
    def test_a_file_is_taken_without_waiting_for_the_interval(self):
        self.set_channel(HOUR)
        self.first_look()
        self.site.drop("second.edi", invoice(2))  # renamed into place
        self.wait_for("INV1", "INV2")
        (self.site.inbox / "third.edi").write_text(invoice(3))  # written under its final name
        self.wait_for("INV1", "INV2", "INV3")

    def test_a_file_that_is_being_written_is_left_alone(self):
        self.set_channel(HOUR)
        self.first_look()
        text = invoice(2)
        with (self.site.inbox / "slow.edi").open("w") as out:
            out.write(text[:40])
            out.flush()
            self.site.drop("quick.edi", invoice(3))  # makes it look, with half of the other file there
            self.wait_for("INV1", "INV3")
            self.assertEqual(self.site.left(), ["slow.edi"])
            out.write(text[40:])
        self.wait_for("INV1", "INV2", "INV3")
        self.assertNotIn("rejected", self.site.log())

    def test_two_looks_that_are_to_be_the_same_come_soon_after_another(self):
        file = self.site.folder / "channels" / "van.yaml"
        file.write_text(file.read_text().replace("outbox: outbox", "outbox: outbox, stable_polls: 2"))
        self.set_channel(HOUR)
        self.site.serve()
        self.site.drop("a.edi", invoice(1))
        self.wait_for("INV1")

    def test_an_inbox_that_was_replaced_is_said_once(self):
        self.set_channel("poll_interval: 1s\n")
        self.first_look()
        self.site.inbox.rename(self.site.mailbox / "old")
        self.site.wait_for_log("not_watched van")
        harness.wait_for(lambda: self.site.log().count("poll_failed van") >= 3, 60, "more looks")
        self.site.inbox.mkdir()
        self.site.wait_for_log(" watched van")
        self.assertEqual(self.site.log().count("not_watched van"), 1)
        self.site.drop("second.edi", invoice(2))
        self.wait_for("INV1", "INV2")


class ByTime(Scheduled):
    def closed_window(self):
        """A day of the week that is neither today nor near it, wherever the clock stands."""
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).strftime("%a").lower()
        self.set_channel(f"schedule: {{windows: [{day}]}}\n")

    def test_cron(self):
        self.set_channel('schedule: {cron: "* * * * *", time_zone: Asia/Kathmandu}\n')
        self.site.drop("first.edi", invoice(1))
        self.site.serve()
        self.wait_for("INV1", seconds=180)

    def test_a_closed_window_keeps_the_service_away(self):
        self.closed_window()
        self.site.serve()
        self.site.drop("first.edi", invoice(1))
        status, _ = self.site.post(harness.purchase_order("PO-1"))
        self.assertEqual(status, 202)
        self.site.wait_for_log("waits_for_window")
        self.assertEqual(self.site.left(), ["first.edi"])
        self.assertEqual(self.site.sent(), {})
        [message] = self.site.messages("--direction", "outbound")
        self.assertEqual((message["state"], self.site.show(message["id"]).get("attempts", 0)), ("ready", 0))
        self.assertIn("waits for the window of channel van, until ", self.site.show(message["id"])["reason"])
        self.site.stop()
        self.site.poll()
        self.assertEqual(self.site.sent(), {}, "the window holds")
        self.site.run("poll", "--once", "--now")
        self.assertIn("PO-1", "".join(self.site.sent().values()))
        self.assertNotIn("reason", self.site.show(message["id"]))

    def test_a_closed_window_and_poll_once(self):
        self.closed_window()
        self.site.drop("first.edi", invoice(1))
        done = self.site.poll(0)
        self.assertIn(b"0 channels looked at", done.stdout)
        self.assertIn(b"not looked at: channel van: its window opens at ", done.stdout)
        self.assertEqual(self.numbers(), [])
        done = self.site.run("poll", "--once", "--now")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.numbers(), ["INV1"])


class ByHand(Scheduled):
    def test_the_channels_of_one_partner(self):
        root = self.site.add_partner("bolt", 'name: Bolt\nchannel: bolt\nidentifiers: [{qualifier: ZZ, id: BOLT}]\n', "bolt")
        self.site.drop("a.edi", invoice(1))
        self.site.drop("b.edi", invoice(2), root / "inbox")
        done = self.site.run("poll", "--once", "--partner", "acme")
        self.assertEqual((done.returncode, self.numbers()), (0, ["INV1"]), done.stderr)
        self.assertIn(b"1 channel looked at: 1 file taken", done.stdout)
        self.assertTrue((root / "inbox" / "b.edi").exists())
        done = self.site.run("poll", "--once", "--partner", "acne")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"there is no partner acne; did you mean acme?", done.stderr)
        done = self.site.run("poll", "--once", "--partner", "acme", "--channel", "bolt")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"channel bolt is not the partner acme's", done.stderr)

    def test_beside_a_running_gateway(self):
        self.site.serve()
        done = self.site.run("poll", "--once")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"only one serve or poll may run on a store at a time", done.stderr)

    def test_several_at_once_take_every_file_once(self):
        count = 40
        for number in range(1, count + 1):
            self.site.drop(f"{number}.edi", invoice(number))
        command = [harness.GATEWAY, "--config", str(self.site.folder), "poll", "--once"]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) for _ in range(4)]
        ended = [process.communicate(timeout=120) + (process.returncode,) for process in running]
        codes = [code for _, _, code in ended]
        self.assertIn(0, codes, ended)
        self.assertTrue(set(codes) <= {0, 2}, ended)
        self.assertEqual(self.numbers(), sorted(f"INV{n}" for n in range(1, count + 1)))
        self.assertEqual(len(self.site.messages("--direction", "inbound", "--limit", "1000")), count)


if __name__ == "__main__":
    unittest.main()
