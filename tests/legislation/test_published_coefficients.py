"""Coefficients of past wages that were worked back from the column of 2026, against columns published at the time."""

from __future__ import annotations

from datetime import date

import pytest

from himaya.legislation import france

# Circulaire Cnav 2012/35 of 17 April 2012 (as printed by toutsurmesfinances.com); the year of award itself never counts.
APRIL_2012 = """
    2011 1.042  2010 1.051  2009 1.061  2008 1.07   2007 1.081  2006 1.1    2005 1.119  2004 1.139  2003 1.157
    2002 1.176  2001 1.203  1973 6.165  1972 6.672  1971 7.404  1970 8.254  1969 9.085  1968 10.481 1967 11.371
    1966 12.009 1965 12.709 1964 13.587 1963 15.082
"""
# Circulaire Cnav 2022-3 of 11 January 2022, instruction DSS/SD3A/2021/260 (as printed by Lefebvre Dalloz).
JANUARY_2022 = """
    1947 149.993 1948 104.722 1949 88.515 1950 77.65  1951 55.102 1952 45.915 1953 45.285 1954 42.318 1955 39.003
    1956 34.82   1957 32.388  1958 28.531 1959 25.819 1960 23.974 1961 20.845 1962 17.97  1963 16.039 1964 14.447
    1965 13.514  1966 12.77   1967 12.09  1968 11.144 1969 9.661  1970 8.775  1971 7.872  1972 7.093  1973 6.554
    1974 5.778   1975 4.864   1976 4.133  1977 3.565  1978 3.206  1979 2.924  1980 2.571  1981 2.269  1982 2.026
    1983 1.911   1984 1.812   1985 1.736  1986 1.697  1987 1.635  1988 1.598  1989 1.541  1990 1.499  1991 1.476
    1992 1.428   1993 1.428   1994 1.403  1995 1.387  1996 1.353  1997 1.339  1998 1.324  1999 1.309  2000 1.302
    2001 1.276   2002 1.248   2003 1.227  2004 1.208  2005 1.187  2006 1.166  2007 1.147  2008 1.135  2009 1.125
    2010 1.115   2011 1.105   2012 1.083  2013 1.062  2014 1.049  2015 1.049  2016 1.048  2017 1.048  2018 1.04
    2019 1.025   2020 1.015   2021 1.011
"""


@pytest.mark.parametrize(
    ("since", "published"), [(date(2012, 4, 1), APRIL_2012), (date(2022, 1, 1), JANUARY_2022)]
)
def test_coefficients_are_those_published_at_the_time(since, published):
    words = published.split()
    column = {
        int(year): float(coefficient) for year, coefficient in zip(words[::2], words[1::2], strict=True)
    }
    scale = france.system.parameter("salary.revaluation").dated(since).value
    assert {year: float(scale.amount(year)) for year in column} == column
