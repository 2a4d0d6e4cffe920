# Calendar types, System, ranges.
defmodule ExDates do
  defp p(x), do: IO.inspect(x, limit: :infinity)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  def start do
    {:ok, _} = Application.ensure_all_started(:elixir)
    d = ~D[2024-02-29]; n = ~N[2024-02-29 23:59:59.123456]; u = ~U[2024-02-29 23:59:59.123Z]; tt = ~T[12:34:56.789]
    for x <- [d, n, u, tt], do: p x
    t fn -> Date.add(d, 366) end
    t fn -> Date.diff(d, ~D[2000-01-01]) end
    t fn -> Date.day_of_week(d) end
    t fn -> Date.day_of_year(d) end
    t fn -> Date.beginning_of_week(d, :sunday) end
    t fn -> Date.end_of_month(d) end
    t fn -> Date.quarter_of_year(d) end
    t fn -> Date.leap_year?(d) end
    t fn -> Date.new(2023, 2, 29) end
    t fn -> Date.new!(2023, 2, 29) end
    t fn -> Date.from_iso8601("2023-13-01") end
    t fn -> Date.from_iso8601!("2023-1-01") end
    t fn -> Date.range(d, ~D[2024-03-03]) |> Enum.to_list end
    t fn -> Date.range(d, ~D[2024-03-03]) end
    t fn -> Date.compare(d, ~D[2024-03-03]) end
    t fn -> Date.to_erl(d) end
    t fn -> Date.to_iso8601(d, :basic) end
    t fn -> Date.utc_today().year > 2000 end
    t fn -> Date.shift(d, month: 1) end
    t fn -> Time.add(tt, 3600 * 13) end
    t fn -> Time.diff(tt, ~T[00:00:00], :millisecond) end
    t fn -> Time.truncate(tt, :second) end
    t fn -> Time.from_iso8601("25:00:00") end
    t fn -> Time.new(1, 2, 3, {4, 2}) end
    t fn -> Time.compare(tt, ~T[12:34:56.7890]) end
    t fn -> NaiveDateTime.add(n, 1, :second) end
    t fn -> NaiveDateTime.add(n, -86400 * 365) end
    t fn -> NaiveDateTime.diff(n, ~N[2000-01-01 00:00:00], :microsecond) end
    t fn -> NaiveDateTime.to_erl(n) end
    t fn -> NaiveDateTime.from_erl!({{2020, 1, 2}, {3, 4, 5}}, {6, 3}) end
    t fn -> NaiveDateTime.from_iso8601("2015-01-23T23:50:07.0123456") end
    t fn -> NaiveDateTime.from_iso8601("2015-01-23 23:50:61") end
    t fn -> NaiveDateTime.to_string(n) end
    t fn -> NaiveDateTime.beginning_of_day(n) end
    t fn -> DateTime.from_unix(1_464_096_368) end
    t fn -> DateTime.from_unix!(-1_464_096_368_123, :millisecond) end
    t fn -> DateTime.to_unix(u, :millisecond) end
    t fn -> DateTime.from_iso8601("2015-01-23T23:50:07.123+02:30") end
    t fn -> DateTime.from_naive(n, "Etc/UTC") end
    t fn -> DateTime.from_naive(n, "Europe/Berlin") end
    t fn -> DateTime.now("Europe/Berlin") end
    t fn -> DateTime.add(u, 5, :day) end
    t fn -> DateTime.diff(u, DateTime.from_unix!(0)) end
    t fn -> DateTime.shift_zone!(u, "Etc/UTC") end
    t fn -> DateTime.truncate(u, :second) end
    t fn -> DateTime.to_iso8601(u) end
    t fn -> DateTime.compare(u, u) end
    t fn -> Calendar.strftime(u, "%a %A %b %B %c %d %f %H %I %j %m %M %p %P %q %S %u %x %X %y %Y %Z %z %%") end
    t fn -> Calendar.strftime(u, "%-d %_d %010Y %^a") end
    t fn -> Calendar.strftime(d, "%H") end
    t fn -> Calendar.ISO.days_in_month(2024, 2) end
    t fn -> Calendar.ISO.valid_date?(2023, 2, 29) end
    t fn -> Calendar.ISO.iso_days_to_unit({1, {1, 2}}, :second) end
    t fn -> Calendar.ISO.parse_date("-0001-01-01") end
    t fn -> Date.from_gregorian_days(0) end
    t fn -> Date.to_gregorian_days(d) end
    t fn -> to_string(u) end
    t fn -> System.convert_time_unit(1234, :millisecond, :second) end
    t fn -> System.system_time(:second) > 1000 end
    t fn -> is_integer(System.monotonic_time()) end
    t fn -> System.os_time(:second) > 1000 end
    t fn -> System.version() end
    t fn -> System.otp_release() end
    t fn -> System.argv() end
    t fn -> System.get_env("NOPE", "dflt") end
    t fn -> System.put_env("FOO_X", "1"); System.get_env("FOO_X") end
    t fn -> System.fetch_env!("NOPE") end
    t fn -> System.delete_env("FOO_X"); System.fetch_env("FOO_X") end
    t fn -> is_binary(System.tmp_dir!()) end
    t fn -> is_binary(System.cwd!) end
    t fn -> System.build_info().version end
    t fn -> System.schedulers() > 0 end
    t fn -> System.endianness() end
    t fn -> is_binary(System.pid()) end
    t fn -> System.user_home() |> is_binary end
    t fn -> System.find_executable("sh") |> is_binary end
    t fn -> Range.new(1, 10, 2) |> Range.size end
    t fn -> Range.disjoint?(1..5, 6..9) end
    t fn -> 1..10//2 end
    t fn -> 5 in 1..10//2 end
    t fn -> 3.0 in 1..10 end
    t fn -> Range.new(1, 2, 0) end
    t fn -> Enum.to_list(1..0) end
    :ok
  end
end
