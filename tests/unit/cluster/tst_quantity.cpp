// SPDX-License-Identifier: GPL-3.0-or-later
// Quantities against figures of k8s.io/apimachinery 0.36.3 (resource.ParseQuantity, String, Value, MilliValue), printed by a Go program over the same texts.
#include "core/cluster/quantity.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

class TestQuantity : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void a_quantity_is_what_apimachinery_makes_of_it_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical"); // "": refused
        QTest::addColumn<qint64>("value");
        QTest::addColumn<qint64>("milli");
        struct Row {
            const char *text, *canonical;
            qint64 value, milli;
        };
        static const Row rows[] = {
            {"0", "0", 0, 0}, {"1", "1", 1, 1000}, {"250m", "250m", 1, 250}, {"1.5", "1500m", 2, 1500}, {"0.5", "500m", 1, 500}, {"100m", "100m", 1, 100}, {"1Gi", "1Gi", 1073741824, 1073741824000},
            {"1.5Gi", "1536Mi", 1610612736, 1610612736000}, {"0.9Gi", "966367641600m", 966367642, 966367641600}, {"512Mi", "512Mi", 536870912, 536870912000}, {"1e3", "1e3", 1000, 1000000}, {"1E3", "1e3", 1000, 1000000},
            {"12e6", "12e6", 12000000, 12000000000}, {"1e-3", "1e-3", 1, 1}, {"1k", "1k", 1000, 1000000}, {"1K", "", 0, 0}, {"1M", "1M", 1000000, 1000000000}, {"1.2.3", "", 0, 0}, {"", "", 0, 0}, {"m", "0", 0, 0},
            {"-1", "-1", -1, -1000}, {"-250m", "-250m", -1, -250}, {"+5", "5", 5, 5000}, {"1n", "1n", 1, 1}, {"0.1n", "1n", 1, 1}, {"0.30000000000000004", "300000001n", 1, 301}, {"1u", "1u", 1, 1}, {"999999999n", "999999999n", 1, 1000},
            {"1023", "1023", 1023, 1023000}, {"1024Ki", "1Mi", 1048576, 1048576000}, {"1025Ki", "1025Ki", 1049600, 1049600000}, {"1.1Ki", "1126400m", 1127, 1126400}, {"0.5Ki", "512", 512, 512000}, {"0.0001Ki", "102400u", 1, 103},
            {"1.", "1", 1, 1000}, {"1.G", "1G", 1000000000, 1000000000000}, {".5", "500m", 1, 500}, {".", "0", 0, 0}, {"1000", "1k", 1000, 1000000}, {"1500", "1500", 1500, 1500000}, {"123456789m", "123456789m", 123457, 123456789},
            {"3.14159265358979", "3141592654n", 4, 3142}, {"12Mi ", "", 0, 0}, {"1 Gi", "", 0, 0}, {"1e", "", 0, 0}, {"1e1.5", "", 0, 0}, {"5e-10", "1e-9", 1, 1}, {"1000m", "1", 1, 1000}, {"0m", "0", 0, 0}, {"-0", "0", 0, 0}, {"00012", "12", 12, 12000},
            {"0.00000000001", "1n", 1, 1}, {"64Gi", "64Gi", 68719476736, 68719476736000}, {"1Ti", "1Ti", 1099511627776, 1099511627776000}, {"1.5Ti", "1536Gi", 1649267441664, 1649267441664000}, {"1000Ki", "1000Ki", 1024000, 1024000000},
            {"128974848", "128974848", 128974848, 128974848000}, {"129e6", "129e6", 129000000, 129000000000}, {"129M", "129M", 129000000, 129000000000}, {"123Mi", "123Mi", 128974848, 128974848000}, {"-1.5Gi", "-1536Mi", -1610612736, -1610612736000},
            {"1E2", "100", 100, 100000}, {"e3", "0", 0, 0}, {"Ki", "0", 0, 0}, {"1ki", "", 0, 0}, {"1mi", "", 0, 0},
        };
        for (const Row &row : rows)
            QTest::addRow("\"%s\"", row.text) << QString::fromLatin1(row.text) << QString::fromLatin1(row.canonical) << row.value << row.milli;
    }
    void a_quantity_is_what_apimachinery_makes_of_it() {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        QFETCH(qint64, value);
        QFETCH(qint64, milli);
        const auto quantity = parseQuantity(text);
        QCOMPARE(quantity.has_value(), !canonical.isEmpty());
        if (!quantity)
            return;
        QCOMPARE(quantity->text(), canonical);
        QCOMPARE(quantity->value(), value);
        QCOMPARE(quantity->milliValue(), milli);
        QVERIFY(*parseQuantity(quantity->text()) == *quantity);
    }
    void what_is_too_large_is_capped_or_said() {
        for (const char *text : {"8Ei", "9Ei", "9223372036854775807Ki"}) {
            const auto most = parseQuantity(QString::fromLatin1(text));
            QVERIFY(most);
            QCOMPARE(most->text(), QStringLiteral("9223372036854775807")); // as there
            QCOMPARE(most->value(), std::numeric_limits<qint64>::max());
            QCOMPARE(most->milliValue(), std::numeric_limits<qint64>::max());
        }
        QCOMPARE(parseQuantity(QStringLiteral("2E"))->value(), Q_INT64_C(2000000000000000000));
        QCOMPARE(parseQuantity(QStringLiteral("1e21"))->value(), std::numeric_limits<qint64>::max());
        QCOMPARE(parseQuantity(QStringLiteral("1e40")).error().kind, ErrorKind::Invalid);
        QVERIFY(parseQuantity(QStringLiteral("0e99")));
    }
    void sums_are_exact() {
        Quantity sum;
        for (int i = 0; i < 10; ++i)
            sum = sum + *parseQuantity(QStringLiteral("100m"));
        QCOMPARE(sum.text(), QStringLiteral("1"));
        QVERIFY(*parseQuantity(QStringLiteral("1Gi")) > *parseQuantity(QStringLiteral("1G")));
    }
};

QTEST_GUILESS_MAIN(TestQuantity)
#include "tst_quantity.moc"
