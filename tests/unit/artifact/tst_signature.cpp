// SPDX-License-Identifier: GPL-3.0-or-later
// What a forecast's names say of its windows.
#include "core/artifact/scorer.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::artifact;

class TestSignature : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aForecastsNamesSayItsWindows_data() {
        QTest::addColumn<QStringList>("inputs");
        QTest::addColumn<QStringList>("outputs");
        QTest::addColumn<QStringList>("series");
        QTest::addColumn<QStringList>("targets");
        QTest::addColumn<int>("window");
        QTest::addColumn<int>("horizon");
        const auto words = [](const char *text) { return QString::fromUtf8(text).split(QLatin1Char(' ')); };
        QTest::newRow("one series") << words("t@-1 t@0") << words("t@+1 t@+2 t@+3") << words("t") << words("t") << 2 << 3;
        QTest::newRow("three series, two targets") << words("t@-1 t@0 rh@-1 rh@0 wind@-1 wind@0") << words("t@+1 rh@+1") << words("t rh wind") << words("t rh") << 2 << 1;
        QTest::newRow("a window of one step") << words("t@0 rh@0") << words("t@+1") << words("t rh") << words("t") << 1 << 1;
        QTest::newRow("a name with an @ of its own") << words("a@b@-1 a@b@0 a@c@-1 a@c@0") << words("a@b@+1") << words("a@b a@c") << words("a@b") << 2 << 1;
    }
    void aForecastsNamesSayItsWindows() {
        QFETCH(QStringList, inputs);
        QFETCH(QStringList, outputs);
        QFETCH(QStringList, series);
        QFETCH(QStringList, targets);
        QFETCH(int, window);
        QFETCH(int, horizon);
        Signature signature;
        signature.task = workspace::TaskKind::Forecast;
        signature.target = targets.first();
        for (const QString &name : inputs)
            signature.inputs.push_back({name, data::ColumnType::Number, {}, false});
        for (const QString &name : outputs)
            signature.outputs.push_back(name);
        QCOMPARE(signature.series(), series);
        QCOMPARE(signature.targets(), targets);
        QCOMPARE(int(signature.window()), window);
        QCOMPARE(int(signature.horizon()), horizon);
        const auto again = Signature::fromJson(signature.toJson(), QStringLiteral("x"));
        QVERIFY2(again, qPrintable(again ? QString() : again.error().text()));
        QCOMPARE(again->series(), series);
        signature.task = workspace::TaskKind::Regression; // the same names mean nothing there
        QVERIFY(signature.series().isEmpty() && signature.window() == 0 && signature.horizon() == 0);
    }
};

QTEST_GUILESS_MAIN(TestSignature)
#include "tst_signature.moc"
