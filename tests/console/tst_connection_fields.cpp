// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a connection asks for each key that the workspace reads of its kind, and for no other.
#include "core/workspace/workspace.h"
#include "widgets/workspace/connection_fields.h"

#include <QTest>

using namespace pilothouse;

class TestConnectionFields : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachKeyHasItsField_data() {
        QTest::addColumn<QString>("kind");
        for (const QString &kind : workspace::knownConnectionKinds())
            QTest::newRow(qPrintable(kind)) << kind;
    }
    void eachKeyHasItsField() {
        QFETCH(QString, kind);
        QStringList known = workspace::connectionKeys(kind), asked;
        if (kind == QLatin1String("kubernetes")) { // by the fields above
            known.removeAll(QStringLiteral("kubeconfig"));
            known.removeAll(QStringLiteral("context"));
        }
        for (const ui::ConnectionKey &key : ui::connectionKeysOf(kind)) {
            QVERIFY2(!key.label.isEmpty(), qPrintable(key.key));
            asked << key.key;
        }
        asked.removeAll(QStringLiteral("ca_file"));
        known.sort();
        asked.sort();
        QCOMPARE(asked, known);
    }
    void whatIsChosenIsRead_data() { eachKeyHasItsField_data(); }
    /// Each word of a choice is one that the workspace takes.
    void whatIsChosenIsRead() {
        QFETCH(QString, kind);
        for (const ui::ConnectionKey &key : ui::connectionKeysOf(kind))
            for (const QString &word : key.choices) {
                if (word.isEmpty())
                    continue;
                const QByteArray yaml = "workspace: w\nconnections:\n  local: {kind: local, root: /tmp/nowhere}\n  c: {kind: " + kind.toUtf8() + ", url: 'http://127.0.0.1:1', " + (kind == QLatin1String("images") ? "host: ghcr.io, " : "")
                                        + key.key.toUtf8() + ": " + word.toUtf8() + "}\n";
                const auto read = workspace::parseWorkspace(yaml, QStringLiteral("/nowhere/pilothouse.yaml"));
                QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
            }
    }
};

QTEST_GUILESS_MAIN(TestConnectionFields)
#include "tst_connection_fields.moc"
