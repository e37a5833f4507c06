import unittest

from timesheet.clock import length, minutes, written


class Clock(unittest.TestCase):
    def test_a_time_of_day_is_minutes_since_midnight(self):
        self.assertEqual(minutes("09:05"), 545)

    def test_what_is_no_time_is_refused(self):
        for text in ("24:00", "12:60", "noon", "12"):
            with self.assertRaises(ValueError):
                minutes(text)

    def test_a_shift_has_a_length(self):
        self.assertEqual(length("09:00", "17:30"), 510)

    def test_a_shift_may_end_after_midnight(self):
        self.assertEqual(length("22:00", "06:30"), 510)

    def test_a_length_is_written_as_hours_and_minutes(self):
        self.assertEqual(written(425), "7:05")


if __name__ == "__main__":
    unittest.main()
