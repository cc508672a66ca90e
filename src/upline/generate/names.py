"""Fictional names in several alphabets: any given name may meet any family name."""

from __future__ import annotations

import pyarrow as pa

from upline.generate.chance import Chance, Ints
from upline.generate.text_columns import labels

# In the order of the countries: men, women, family names as a man bears them.
_POLISH = (
    """Adam Bartosz Błażej Bogdan Czesław Dawid Dominik Filip Grzegorz Henryk Jacek Jakub Jarosław
    Kacper Kazimierz Krzysztof Łukasz Maciej Mateusz Michał Mirosław Paweł Piotr Przemysław
    Radosław Sławomir Szymon Tomasz Wojciech Zbigniew""",
    """Agnieszka Aleksandra Alicja Barbara Beata Bożena Dorota Elżbieta Ewa Grażyna Halina Hanna
    Irena Iwona Jadwiga Joanna Jolanta Justyna Katarzyna Krystyna Magdalena Małgorzata Marta
    Monika Oliwia Stanisława Urszula Weronika Zofia Żaneta""",
    """Wierzbowski Jasnogórecki Brzeziński Dąbrówecki Gęślicki Jaśmiński Kłosowski Łąkowiecki
    Mglewski Niedźwiecki Orłowicki Pszczelski Różański Sokołecki Śnieżycki Trzcielski Uradowski
    Wiślański Zielonecki Źródlański Żurawiecki Borówkowski Ćwiklicki Dzięcielski Falęcki Gołębski
    Jarzębski Kalinecki Leszczyniecki Malwicki Narcyski Olszynowski Piołuński Rzeczycki Sasanecki
    Świerkowski Tymiański Wrzosowiecki Zawilecki Żołędziewski Chabrowski Bławatecki Czeremski
    Dębowiecki Głogowicki Jaworski Klonowiecki Liliowski Miętowski Nagietecki Ostrowłucki
    Pierwiosnecki Rumianecki Szałwicki Topolowiecki Wiciokrzewski Złocieniecki Bukowiecki
    Grabowiecki Modrzewski""",
)
_KAZAKH = (
    """Абай Айбек Айдос Алмас Арман Асқар Әділет Бауыржан Бекзат Дәулет Дәурен Ерболат Ержан
    Есім Жанболат Жандос Қайрат Қанат Қуаныш Марат Мұрат Нұрлан Олжас Өмірбек Рүстем Санжар
    Серік Талғат Шыңғыс Ілияс""",
    """Айгерім Айжан Айнұр Айсұлу Ақбота Ақерке Алтынай Аружан Әйгерім Әлия Балжан Ботагөз
    Гүлжан Гүлнұр Дана Динара Еңлік Жанар Жансая Зере Қарлығаш Қымбат Мәдина Меруерт Назым
    Раушан Салтанат Сәуле Томирис Ұлжан""",
    """Айбарұлов Ақжолов Алтайбеков Аңсағанов Арманбаев Әлімбеков Әуезбаев Байқоңыров Бекарыстанов
    Бөкейбаев Дархандыбаев Дәуітбеков Досжанов Ерғалымов Есенгелдин Жайлауов Жақсылықбаев
    Жарқынбеков Жұлдызбаев Зерендибаев Кемеңгеров Көкшетауов Күмісбеков Қабанбаев Қайыңдыбаев
    Қарақатов Қаратауов Қобыландин Қоңыратбаев Құлагеров Құсайынбеков Мағжанов Мамырбаев
    Мұзтауов Нарынбаев Наурызбеков Нұржолов Оралбаев Өзенбаев Өрісбаев Сарыарқаев Сұңқарбаев
    Сырымбетов Таңатаров Тарбағатаев Теңізбаев Тұлпаров Түркістанов Ұлытауов Үкілібаев Шалқарбаев
    Шағалалиев Шымыров Ырысбаев Ілебаев Інжубеков Жетісуов Жазықбаев Қайнарбаев Самалбаев""",
)
_BULGARIAN = (
    """Александър Ангел Антон Асен Благой Богомил Борис Велизар Веселин Владимир Георги Димитър
    Добромир Емил Живко Здравко Иван Йордан Калоян Кирил Красимир Любомир Мартин Николай Огнян
    Пламен Радослав Стоян Тодор Явор""",
    """Албена Анелия Биляна Боряна Валентина Василена Велина Виолета Гергана Даниела Десислава
    Деница Евгения Елица Жасмина Звезделина Златка Ивелина Калина Катя Лилия Магдалена Мариела
    Невена Петя Радка Ралица Росица Снежана Цветелина""",
    """Балканджиев Белоцветов Боровинков Брезовов Букачев Велчинов Върбанов Габъров Глухарев
    Горуньов Градинаров Дебрянов Дилянков Дъбравов Ежкинов Езеров Жеравинов Здравецов Зорницов
    Иглинов Изворов Калинчев Каменополов Кестенов Копринков Косачев Кукуряков Лалев Лещаров
    Липников Ловчалиев Люляков Малинчев Медникаров Минзухаров Мурсалев Невенов Овчарков Орехчев
    Орловецов Пелинов Перуников Планинчев Попарев Равнищов Риломиров Розоберов Самодивов
    Славейчев Смокинов Снежинов Тепавичаров Тополчев Трендафилчев Тютюнков Хвойнов Цветаринов
    Черешаров Шипковалиев Ясенчев""",
)
_RUSSIAN = (
    """Александр Алексей Анатолий Андрей Антон Аркадий Артём Борис Вадим Валерий Виктор Виталий
    Всеволод Геннадий Глеб Григорий Денис Евгений Егор Игорь Кирилл Константин Леонид Максим
    Никита Олег Роман Семён Тимофей Ярослав""",
    """Алевтина Алёна Анастасия Анна Валентина Варвара Вера Вероника Галина Дарья Евгения
    Екатерина Елена Жанна Зинаида Зоя Инна Ирина Кристина Лариса Людмила Маргарита Наталья Оксана
    Ольга Полина Светлана Татьяна Ульяна Юлия""",
    """Багульников Березняков Боровиков Брусникин Васильков Вербин Вишневецков Воробейников
    Голубикин Горицветов Дубравин Ежевикин Жаворонков Журавлин Зарницын Земляникин Зимородков
    Иволгин Калинников Камышов Кедровников Кипреев Клюквин Колокольцев Косогоров Кувшинкин
    Лавандин Ландышев Лебедушкин Левкоев Лещинин Луговин Малинников Медуницын Можжевелов
    Морошкин Незабудкин Облепихин Одуванчиков Ольшанин Осинников Перелескин Подснежников
    Полынин Пшеницын Родников Ромашкин Рябинников Сиренев Снегирёв Соснин Стрижов Тополёв
    Туманов Фиалкин Хвощёв Черёмухин Шиповников Щеглин Яблочков""",
)
_LATIN = (
    """Alvar André Antoine Benoît Caspar Diego Emil Enzo Esteban Felix Friedrich Giulio Håkon
    Henrik Iñigo Jérôme João Jürgen Lars Léo Lorenz Luca Mårten Niels Óscar Pablo René Søren Théo
    Willem""",
    """Adèle Agnès Amélie Anouk Beatriz Björg Chiara Cécile Clara Elodie Élise Freya Giulia Greta
    Helene Inês Ingrid Jana Linnéa Lucía Maëlle Mathilde Nora Paola Renée Saga Silvia Sofía
    Thérèse Zoë""",
    """Alderwick Ashgrove Bachthaler Beaupré Birkenau Boisclair Brønsvik Buchwald Casaverde
    Champfleury Corvinelli Dahlström Dünenberg Eichgrund Elmhurst Espinar Falkenried Ferreirinha
    Fjellgård Fontclaire Förstholm Glockner Grünthal Hagelin Haselbach Holmgaard Hvidtorn
    Jardinière Kiefernau Lagerwall Lindenau Lorbeer Lundbæk Marguerin Meerwald Montelago
    Mühlbacher Nachtigaller Nordhavn Olivarès Pinhal Prévert Quellmann Ravnsborg Rosenfeldt
    Rotwald Saint-Amour Sandberget Schönbach Silvares Sommerfugl Steinklee Tannhof Thymiane
    Valdoré Vasterling Weidenbusch Wintergård Zedernholz Åkerlund""",
)
_NAMES = (_POLISH, _KAZAKH, _BULGARIAN, _RUSSIAN, _LATIN)


# The alphabets in which `column` and `pairs` know names.
ALPHABETS = ("Polish", "Kazakh", "Bulgarian", "Russian", "Latin")


def column(country: Ints, chance: Chance) -> pa.Array:
    """Name each member in the alphabet of the country (a position in `ALPHABETS`)."""
    texts = [
        f"{given} {family}" for place in range(len(ALPHABETS)) for given, family in pairs(place)
    ]
    each = len(texts) // len(_NAMES)
    return labels(texts, country * each + chance.below(each, len(country)))


def pairs(alphabet: int) -> list[tuple[str, str]]:
    """List given names with family names of an alphabet, men first, each with each.

    >>> pairs(0)[0], len(pairs(0))
    (('Adam', 'Wierzbowski'), 3600)
    """
    men, women, families = (names.split() for names in _NAMES[alphabet])
    return [
        *((given, family) for given in men for family in families),
        *((given, as_woman(family)) for given in women for family in families),
    ]


def as_woman(family: str) -> str:
    """Give the form in which a woman bears a family name.

    >>> [as_woman(name) for name in ("Jaworski", "Невенов", "Малинчев", "Glockner")]
    ['Jaworska', 'Невенова', 'Малинчева', 'Glockner']
    """
    if family.endswith(("ski", "cki")):
        return family[:-1] + "a"
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return family + "а"
    return family
