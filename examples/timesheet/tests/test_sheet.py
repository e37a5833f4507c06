import unittest

from timesheet.sheet import read, report, total

SHEET = """
# March
2026-03-02 09:00-17:30 pause 45
2026-03-03 08:15-12:00
2026-03-03 13:00-17:00
"""


class Sheet(unittest.TestCase):
    def test_shifts_are_read(self):
        self.assertEqual(read(SHEET), [("2026-03-02", 465), ("2026-03-03", 225), ("2026-03-03", 240)])

    def test_a_line_that_cannot_be_read_is_named(self):
        with self.assertRaisesRegex(ValueError, "9 to 5"):
            read("2026-03-02 9 to 5")

    def test_all_are_added_up(self):
        self.assertEqual(total(read(SHEET)), 930)

    def test_the_report_has_a_line_for_each_day(self):
        expected = ["2026-03-02    7:45", "2026-03-03    7:45", "all          15:30"]
        self.assertEqual(report(read(SHEET)).splitlines(), expected)


if __name__ == "__main__":
    unittest.main()
