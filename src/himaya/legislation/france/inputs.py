"""What the law asks about a person."""

from himaya.law import DATE, FLAG, MONTH, NUMBER, QUARTERS, YEAR, Input, Link, money

EUR_A_MONTH = money("EUR", per="month")
EUR_A_QUARTER = money("EUR", per="quarter")
EUR_A_YEAR = money("EUR", per="year")

INPUTS = (
    Input("birth_date", DATE),
    Input("years", YEAR, axis="year"),
    Input("wages", EUR_A_YEAR, axis="year", at_least=0),
    Input("assimilated_quarters", QUARTERS, axis="year", default=0, at_least=0, at_most=4),
    Input("other_schemes_quarters", QUARTERS, axis="year", default=0, at_least=0),
    Input("award_from", MONTH, optional=True),
    Input("deemed_contributed_quarters", QUARTERS, default=0, at_least=0),
    Input("woman", FLAG, default=False),
    Input("children", NUMBER, default=0, at_least=0),
    Input("unfit", FLAG, default=False),
    Input("other_pensions", EUR_A_MONTH, default=0, at_least=0),
    Input("died", DATE, optional=True),
    Input("survivor_from", MONTH, optional=True),
    Input("survivor_earnings", EUR_A_MONTH, default=0, at_least=0),
    Input("survivor_income", EUR_A_MONTH, default=0, at_least=0),
    Input("couple", FLAG, default=False),
    Input("married_on", DATE, optional=True),
    Input("child_of_marriage", FLAG, default=False),
    Input("survivor_own_pensions", EUR_A_MONTH, default=0, at_least=0),
    Input("survivor_pensions", EUR_A_MONTH, default=0, at_least=0),
    Input("own_basic_pension", FLAG, default=False),
    Input("dependent_children", NUMBER, default=0, at_least=0),
)
"""One element of ``years``, ``wages``, ``assimilated_quarters`` and ``other_schemes_quarters`` for each calendar year
with any of them. ``wages``: pay of the year in the general scheme, in centimes of a euro, not yet capped; francs
(before 1960 old francs, a hundredth) at 6.55957 to the nearest cent. A career by month becomes one by year by adding
up the pay of the months of each year: quarters follow from the pay of the year, not from months.
``assimilated_quarters``: sickness, unemployment, military service …, at most 4 a year.
``other_schemes_quarters``: contributed in other French basic schemes. Who has none of either need not give zeros.

``award_from``: month in which the pension takes effect; without it the first month that the law allows.
``deemed_contributed_quarters``: assimilated quarters that count as contributed for a long career (D. 351-1-2): at most
four each of military service, sickness and accidents, unemployment, years at home with children; two of invalidity; all
of maternity.
``unfit``: the full rate whatever the duration, for incapacity and the like (L. 351-8, 1° bis to 6°).
``other_pensions``: the person's own other pensions, basic and complementary, French and foreign, without survivors'.

``died``: day of death of who has died; of a survivor's spouse in the place that the link ``spouse`` leads to.

A survivor's: first month of the survivor's pension; own earnings from work and other income by month, with those of a
new partner where ``couple``. ``survivor_pensions``: all other pensions of the survivor, own and survivors', basic and
complementary, which the supplement of 11.1 % counts. For a survivor's pension that begins before July 2004 alone: the
day of the marriage, whether there is a child of it, and ``survivor_own_pensions``, own old-age and invalidity pensions,
which were then no part of the other income. ``own_basic_pension``: has an own pension of a basic scheme."""

LINKS = (Link("spouse", optional=True),)
"""``spouse``: a survivor to the insured person who died, whose career gives ``spouse_died``, ``deceased_pension``,
``deceased_surcote`` and ``deceased_quarters``. Without the link these are given, as far as they are known."""
