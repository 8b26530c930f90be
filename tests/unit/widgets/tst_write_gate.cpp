// SPDX-License-Identifier: GPL-3.0-or-later
// A command that writes: blocked where the workspace's rules refuse it, and asked for the name where its connection is guarded.
#include "core/operations/guard.h"
#include "widgets/base/action_catalogue.h"
#include "widgets/base/button.h"
#include "widgets/base/confirm.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

class TestWriteGate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatTheRulesRefuseIsBlocked() {
        ActionCatalogue actions;
        int ran = 0;
        ActionSpec spec = write(ran);
        spec.gate = [](const QString &model) { return WriteGate{model == QLatin1String("t2m") ? QStringLiteral("Needs role approver in prod.") : QString(), {}}; };
        actions.add(spec);
        QSignalSpy refused(&actions, &ActionCatalogue::refused);
        QCOMPARE(actions.blocked(QStringLiteral("write"), QStringLiteral("t2m")), QStringLiteral("Needs role approver in prod."));
        actions.trigger(QStringLiteral("write"), QStringLiteral("t2m"));
        QCOMPARE(ran, 0);
        QCOMPARE(refused.first().last().toString(), QStringLiteral("Needs role approver in prod."));
        actions.trigger(QStringLiteral("write"), QStringLiteral("ws"));
        QCOMPARE(ran, 1);
    }

    /// No danger of its own, but its connection is guarded: the sheet comes, and what was typed counts while the command runs, not longer.
    void aGuardedConnectionIsTypedFirst() {
        QWidget window;
        window.resize(600, 400);
        window.show();
        ActionCatalogue actions;
        actions.setAsk(ConfirmSheet::asker(&window));
        int ran = 0;
        QStringList typed;
        ActionSpec spec = write(ran);
        spec.gate = [](const QString &) { return WriteGate{{}, {QStringLiteral("mlflow"), QStringLiteral("cluster")}}; };
        spec.run = [&](const QString &, const QString &) {
            ++ran;
            typed = operations::Confirmed::names();
        };
        actions.add(spec);
        actions.trigger(QStringLiteral("write"), QStringLiteral("t2m"));
        QCOMPARE(ran, 0);
        auto *sheet = window.findChild<ConfirmSheet *>();
        QVERIFY(sheet);
        auto *verb = sheet->findChild<Button *>(QStringLiteral("confirmVerb"));
        auto *name = sheet->findChild<QLineEdit *>(QStringLiteral("confirmName"));
        QCOMPARE(verb->text(), QStringLiteral("Write it"));
        QVERIFY(!verb->isEnabled());
        QTest::keyClicks(name, QStringLiteral("mlflow"));
        QVERIFY(!verb->isEnabled()); // both connections
        QTest::keyClicks(name, QStringLiteral(", cluster"));
        QVERIFY(verb->isEnabled());
        QTest::keyClicks(name, QStringLiteral("s"));
        QVERIFY(!verb->isEnabled());
        QTest::keyClick(name, Qt::Key_Backspace);
        QTest::mouseClick(verb, Qt::LeftButton);
        QCOMPARE(ran, 1);
        QCOMPARE(typed, (QStringList{QStringLiteral("mlflow"), QStringLiteral("cluster")}));
        QVERIFY(operations::Confirmed::names().isEmpty());
    }

    void aDangerousCommandAsksForBothInOneSheet() {
        QWidget window;
        window.show();
        ActionCatalogue actions;
        Danger asked;
        actions.setAsk([&](const Danger &danger, const ActionSpec &, std::function<void(const QString &)> go) {
            asked = danger;
            go(QStringLiteral("why"));
        });
        int ran = 0;
        ActionSpec spec = write(ran);
        spec.danger = [](const QString &) { return Danger{QStringLiteral("Abort"), QStringLiteral("Traffic goes back."), {}, {}, true}; };
        spec.gate = [](const QString &) { return WriteGate{{}, {QStringLiteral("cluster")}}; };
        actions.add(spec);
        actions.trigger(QStringLiteral("write"));
        QCOMPARE(ran, 1);
        QCOMPARE(asked.typedName, QStringLiteral("cluster"));
        QCOMPARE(asked.effect, QStringLiteral("Traffic goes back."));
        QVERIFY(asked.wantsComment);
    }

    void withoutSomebodyToAskNothingIsDone() {
        ActionCatalogue actions;
        int ran = 0;
        ActionSpec spec = write(ran);
        spec.gate = [](const QString &) { return WriteGate{{}, {QStringLiteral("cluster")}}; };
        actions.add(spec);
        QSignalSpy refused(&actions, &ActionCatalogue::refused);
        actions.trigger(QStringLiteral("write"));
        QCOMPARE(ran, 0);
        QCOMPARE(refused.size(), 1);
    }

private:
    static ActionSpec write(int &ran) {
        ActionSpec spec;
        spec.id = QStringLiteral("write");
        spec.text = QStringLiteral("Write it");
        spec.run = [&ran](const QString &, const QString &) { ++ran; };
        return spec;
    }
};

QTEST_MAIN(TestWriteGate)
#include "tst_write_gate.moc"
