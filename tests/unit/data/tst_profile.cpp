// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/base/json.h"
#include "core/data/profile.h"
#include "tests/support/reference_file.h"

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

using support::Answer;

/// Of a column's figures the counts are exact, moments relative 1e-9 (a few digits of the printed value are gone) and order statistics to 12 digits.
std::optional<Answer> statisticsFigure(const ColumnStatistics &s, const QString &what, const QJsonValue &figure) {
    const QMap<QString, qint64> counts{{QStringLiteral("missing"), s.missing}, {QStringLiteral("present"), s.present}, {QStringLiteral("distinct"), s.distinct}};
    const QMap<QString, double> moments{{QStringLiteral("mean"), s.mean}, {QStringLiteral("std_ddof0"), s.std}, {QStringLiteral("sum"), s.sum}},
        order{{QStringLiteral("min"), s.min}, {QStringLiteral("max"), s.max}, {QStringLiteral("q25"), s.q25}, {QStringLiteral("median"), s.median}, {QStringLiteral("q75"), s.q75}};
    if (counts.contains(what))
        return support::near(double(counts.value(what)), figure, 0);
    if (moments.contains(what))
        return support::near(moments.value(what), figure, 1e-12, 1e-9);
    return order.contains(what) ? std::optional(support::near(order.value(what), figure, 0, 5e-12)) : std::nullopt;
}

/// top/PLACE/0: a text, top/PLACE/1: how often it is there.
std::optional<Answer> topFigure(const ColumnStatistics &s, const QStringList &rest, std::size_t length, const QJsonValue &figure) {
    const std::size_t place = rest.value(1).toULongLong();
    if (rest.size() != 3 || s.top.size() != length)
        return Answer{false, QStringLiteral("%1 frequent texts").arg(s.top.size())};
    return rest[2] == QLatin1String("0") ? support::same(s.top[place].first, figure) : support::near(double(s.top[place].second), figure, 0);
}

/// A time column's texts, which its profile does not count: as a category they are.
Result<ColumnStatistics> asCategory(const QString &path, const QString &column) {
    CsvOptions options;
    options.types.insert(column, ColumnType::Category);
    options.only = QStringList{column};
    PH_ASSIGN(const LoadedTable loaded, readCsv(path, options));
    return statisticsOf(loaded.table.columns.at(0));
}

} // namespace

class TestProfile : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("dataset_profiles.json"), {QStringLiteral("title"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions")}};

private Q_SLOTS:
    void realFilesReadAsTheReferenceSays_data() {
        QTest::addColumn<QString>("part");
        const bool here = bool(m_reference.read());
        for (const QString &part : here ? m_reference.parts(2) : QStringList{QString()})
            QTest::newRow(here ? qPrintable(part) : "nothing could be read") << part;
    }
    void realFilesReadAsTheReferenceSays() {
        static const QMap<QString, QString> sums{
            {QStringLiteral("california_housing.csv"), QStringLiteral("8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e")},
            {QStringLiteral("iris.csv"), QStringLiteral("9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355")},
            {QStringLiteral("nasa_power_hourly_kaudulla.csv"), QStringLiteral("5f42672a283165dc4f0f3b962e352773ba50fa8cb6e7adbb2131e95fae42acb0")},
            {QStringLiteral("nyc_weather_2013.csv"), QStringLiteral("5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64")},
            {QStringLiteral("predictive_maintenance_2020.csv"), QStringLiteral("0975e02f4cf6a9dc15e3d70c2028bcaefdd8d8af37a4961f8bf57903318668b7")},
            {QStringLiteral("beijing_air_quality_12_stations.csv.gz"), QStringLiteral("1708cfe65748b6c14f293a7ce9c6f1d21bb367c26e96f5ac2b4eb19299ee06e9")}};
        QFETCH(QString, part);
        if (part.isEmpty()) {
            const Result<void> read = m_reference.read();
            QVERIFY2(!read && read.error().kind == ErrorKind::NotFound, read ? "a file without figures" : qPrintable(read.error().text()));
            QSKIP("the shared data and reference files are not here");
        }
        const QString name = part.section(QLatin1Char('/'), 1), path = sharedFile(QStringLiteral("data/") + name);
        const auto loaded = readCsv(path);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        QCOMPARE(loaded->fingerprint.sha256, sums.value(name));
        QVERIFY2(loaded->report.counts.isEmpty(), qPrintable(dumpProblems(loaded->report)));
        const Profile profile = profileOf(*loaded);
        QMap<QString, ColumnStatistics> texts; // of the columns whose frequent texts the file has
        const QString wrong = m_reference.ask(part, [&](const QStringList &place, const QJsonValue &figure) -> std::optional<Answer> {
            const QStringList rest = place.mid(4); // values/FILE/by_column/COLUMN/…
            if (place.mid(2) == QStringList{QStringLiteral("rows")})
                return support::near(double(loaded->report.rows), figure, 0);
            if (place.value(2) == QLatin1String("columns") && place.size() == 4)
                return support::same(loaded->table.names().value(place[3].toInt()), figure);
            const ColumnStatistics *column = place.value(2) == QLatin1String("by_column") ? profile.find(place.value(3)) : nullptr;
            if (!column || rest.isEmpty())
                return std::nullopt;
            if (rest[0] != QLatin1String("top"))
                return rest.size() == 1 ? statisticsFigure(*column, rest[0], figure) : std::nullopt;
            if (!texts.contains(column->name)) {
                const Result<ColumnStatistics> counted = column->type == ColumnType::Time ? asCategory(path, column->name) : Result<ColumnStatistics>(*column);
                if (!counted)
                    return Answer{false, counted.error().text()};
                texts.insert(column->name, *counted);
            }
            const QString list = place.mid(0, 5).join(QLatin1Char('/'));
            return topFigure(texts.value(column->name), rest, std::size_t(m_reference.at(list).toArray().size()), figure);
        });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QCOMPARE(loaded->table.names().size(), m_reference.at(part + QStringLiteral("/columns")).toArray().size());
    }

    void theTimeColumnOfTheWeatherFileSpansTheYear() {
        const auto loaded = readCsv(sharedFile(QStringLiteral("data/nyc_weather_2013.csv")));
        if (!loaded)
            QSKIP("the shared data files are not here");
        const Profile profile = profileOf(*loaded);
        const ColumnStatistics &time = *profile.find(QStringLiteral("time_hour"));
        QCOMPARE(time.type, ColumnType::Time);
        QVERIFY(loaded->table.find(QStringLiteral("time_hour"))->zoned);
        QCOMPARE(time.step, 3'600'000);
        QCOMPARE(time.firstTime, parseIsoTime("2013-01-01T06:00:00Z"));
        QCOMPARE(time.lastTime, parseIsoTime("2013-12-30T23:00:00Z"));
    }

    void jsonHasTheDocumentedKeys() {
        const TemporaryFile file("n,c,t\n1,x,2013-01-01\n3,x,2013-01-02\n,y,2013-01-03\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const QJsonObject json = profileOf(*loaded).toJson();
        for (const char *key : {"rows", "columns", "md5", "sha256", "problems"})
            QVERIFY2(json.contains(QLatin1String(key)), key);
        const QJsonObject n = json.value(QStringLiteral("columns")).toArray()[0].toObject(), c = json.value(QStringLiteral("columns")).toArray()[1].toObject(),
                          t = json.value(QStringLiteral("columns")).toArray()[2].toObject();
        QCOMPARE(QString::fromUtf8(canonicalJson(n)),
                 QStringLiteral(R"({"distinct":2,"max":3,"mean":2,"min":1,"missing":1,"name":"n","quantiles":{"median":2,"q25":1.5,"q75":2.5},"std":1,"type":"number"})"));
        QCOMPARE(QString::fromUtf8(canonicalJson(c)), QStringLiteral(R"({"distinct":2,"missing":0,"name":"c","top":[["x",2],["y",1]],"type":"category"})"));
        QCOMPARE(t.value(QStringLiteral("min")).toString(), QStringLiteral("2013-01-01T00:00:00Z"));
        QCOMPARE(t.value(QStringLiteral("step_seconds")).toDouble(), 86400.0);
        QCOMPARE(json.value(QStringLiteral("md5")).toString(), QStringLiteral("%1").arg(QString::fromLatin1(QCryptographicHash::hash(QByteArray("n,c,t\n1,x,2013-01-01\n3,x,2013-01-02\n,y,2013-01-03\n"), QCryptographicHash::Md5).toHex())));
    }

    void problemsArePointedOut_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("column");
        QTest::addColumn<QString>("words");
        const auto rows = [](const char *header, int n, const std::function<QByteArray(int)> &line) {
            QByteArray bytes = QByteArray(header) + '\n';
            for (int i = 0; i < n; ++i)
                bytes += line(i) + '\n';
            return bytes;
        };
        const auto add = [](const char *name, const QByteArray &bytes, const char *column, const char *words) { QTest::newRow(name) << bytes << QString::fromUtf8(column) << QString::fromUtf8(words); };
        const auto n = [](int i) { return QByteArray::number(i); };
        add("a column without values", rows("a,b", 30, [&](int i) { return "," + n(i); }), "a", "no value");
        add("a constant column", rows("a,b", 30, [&](int i) { return "7," + n(i * i); }), "a", "equal");
        add("a text that names each row", rows("id,b", 30, [&](int i) { return "M" + n(i) + "," + n(i * i); }), "id", "identifier");
        add("a number that counts the rows", rows("id,b", 30, [&](int i) { return n(i + 1) + ",1"; }), "id", "identifier");
        add("a value that means missing", rows("a,b", 30, [&](int i) { return QByteArray(i % 7 ? n(i % 5) : "-999") + ",1"; }), "a", "-999");
        add("an absurd value", rows("a,b", 60, [&](int i) { return QByteArray(i == 31 ? "1048.36" : n(i % 9)) + ",1"; }), "a", "absurdly");
        add("values cut to the largest", rows("a,b", 400, [&](int i) { return QByteArray(i % 10 ? n(i) : "500") + ",1"; }), "a", "cut to it");
        add("mostly missing", rows("a,b", 30, [&](int i) { return QByteArray(i % 3 ? "" : n(i * i)) + ",1"; }), "a", "missing");
        add("rows that repeat", rows("a,b", 30, [&](int i) { return n(i / 2) + ",x"; }), "", "repeat an earlier row");
        add("times that repeat", rows("t,b", 30, [&](int i) { return "2013-01-" + QByteArray(n(i / 2 + 10)) + "," + n(i); }), "t", "repeat a time");
        add("no rows", "a,b\n", "", "no row");
        add("what reading found, with its line", "a,b\n1,2\n3\n", "", "ragged_row");
    }
    void problemsArePointedOut() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, column);
        QFETCH(QString, words);
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const Profile profile = profileOf(*loaded);
        QStringList all;
        bool found = false;
        for (const QualityProblem &p : profile.problems) {
            all << p.column + QStringLiteral(": ") + p.what;
            found = found || (p.column == column && (p.what + p.hint).contains(words));
        }
        QVERIFY2(found, qPrintable(all.join(QLatin1Char('\n'))));
    }

    void aCleanFileHasNoProblem() {
        QByteArray bytes = "a,b,c\n";
        for (int i = 0; i < 100; ++i)
            bytes += QByteArray::number((i * 37) % 101 * 0.5) + "," + QByteArray::number((i * 53) % 97 * 0.25) + (i % 3 ? ",x\n" : ",y\n");
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const Profile profile = profileOf(*loaded);
        QVERIFY2(profile.problems.empty(), profile.problems.empty() ? "" : qPrintable(profile.problems.front().column + profile.problems.front().what));
    }

    void cleanupTestCase() { QVERIFY2(m_reference.complete(), qPrintable(m_reference.tally())); }
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
