// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/base/json.h"
#include "core/data/profile.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

bool near(double found, double expected, double relative) { return std::abs(found - expected) <= relative * std::max(1e-300, std::abs(expected)); }

/// What `expected` says of one column and the statistics do not; empty if they agree.
QString difference(const ColumnStatistics &s, const QJsonObject &expected, bool timeIsText) {
    const auto number = [&](const char *key) { return expected.value(QLatin1String(key)).toDouble(); };
    if (s.missing != qint64(number("missing")) || s.present != qint64(number("present")) || s.distinct != qint64(number("distinct")))
        return QStringLiteral("missing %1, present %2, distinct %3").arg(s.missing).arg(s.present).arg(s.distinct);
    if (expected.contains(QStringLiteral("top"))) {
        if (timeIsText && s.type == ColumnType::Time)
            return {}; // the reference counts the texts of a time column
        QStringList found, wanted;
        for (const auto &[text, count] : s.top)
            found << QStringLiteral("%1 %2").arg(text).arg(count);
        for (const QJsonValue &pair : expected.value(QStringLiteral("top")).toArray())
            wanted << QStringLiteral("%1 %2").arg(pair[0].toString()).arg(pair[1].toInt());
        return found == wanted ? QString() : found.join(QStringLiteral(", "));
    }
    if (s.type != ColumnType::Number)
        return QStringLiteral("is no number column");
    // The file's own tolerances: moments relative 1e-9 (a few digits of the printed value are gone), order statistics 12 digits.
    for (const auto &[key, value] : {std::pair{"mean", s.mean}, std::pair{"std_ddof0", s.std}, std::pair{"sum", s.sum}})
        if (!near(value, number(key), 1e-9) && std::abs(value - number(key)) > 1e-12)
            return QStringLiteral("%1 is %2").arg(QLatin1String(key)).arg(value, 0, 'g', 15);
    for (const auto &[key, value] : {std::pair{"min", s.min}, std::pair{"max", s.max}, std::pair{"q25", s.q25}, std::pair{"median", s.median}, std::pair{"q75", s.q75}})
        if (!near(value, number(key), 5e-12) && std::abs(value - number(key)) > 1e-300)
            return QStringLiteral("%1 is %2").arg(QLatin1String(key)).arg(value, 0, 'g', 15);
    return {};
}

} // namespace

class TestProfile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void realFilesReadAsTheReferenceSays_data() {
        QTest::addColumn<QString>("sha256");
        const QPair<const char *, const char *> files[] = {
            {"california_housing.csv", "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e"},
            {"iris.csv", "9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355"},
            {"nasa_power_hourly_kaudulla.csv", "5f42672a283165dc4f0f3b962e352773ba50fa8cb6e7adbb2131e95fae42acb0"},
            {"nyc_weather_2013.csv", "5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64"},
            {"predictive_maintenance_2020.csv", "0975e02f4cf6a9dc15e3d70c2028bcaefdd8d8af37a4961f8bf57903318668b7"},
            {"beijing_air_quality_12_stations.csv.gz", "1708cfe65748b6c14f293a7ce9c6f1d21bb367c26e96f5ac2b4eb19299ee06e9"}};
        for (const auto &[name, sum] : files)
            QTest::newRow(name) << QString::fromLatin1(sum);
    }
    void realFilesReadAsTheReferenceSays() {
        QFETCH(QString, sha256);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        QFile reference(sharedFile(QStringLiteral("reference/dataset_profiles.json")));
        if (!reference.open(QIODevice::ReadOnly) || !QFile::exists(sharedFile(QStringLiteral("data/") + name)))
            QSKIP("the shared data and reference files are not here");
        const auto object = parseJsonObject(reference.readAll(), reference.fileName());
        QVERIFY(object);
        const QJsonObject expected = object->value(QStringLiteral("values")).toObject().value(name).toObject();
        const auto loaded = readCsv(sharedFile(QStringLiteral("data/") + name));
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        QCOMPARE(loaded->fingerprint.sha256, sha256);
        QCOMPARE(loaded->report.rows, qint64(expected.value(QStringLiteral("rows")).toInt()));
        QVERIFY2(loaded->report.counts.isEmpty(), qPrintable(dumpProblems(loaded->report)));
        const Profile profile = profileOf(*loaded);
        QStringList columns;
        for (const QJsonValue &value : expected.value(QStringLiteral("columns")).toArray())
            columns << value.toString();
        QCOMPARE(loaded->table.names(), columns);
        QVERIFY(!columns.isEmpty());
        for (const QString &column : std::as_const(columns)) {
            const QString wrong = difference(*profile.find(column), expected.value(QStringLiteral("by_column")).toObject().value(column).toObject(), true);
            QVERIFY2(wrong.isEmpty(), qPrintable(column + QStringLiteral(": ") + wrong));
        }
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
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
