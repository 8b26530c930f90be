// SPDX-License-Identifier: GPL-3.0-or-later
// The request profiles of the workspace templates are profiles.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/serving/endpoint.h"

#include <QDirIterator>
#include <QTest>

using namespace pilothouse;

class TestTemplateProfiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachIsAProfile() {
        QDirIterator each(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/resources/templates"), {QStringLiteral("*.json")}, QDir::Files, QDirIterator::Subdirectories);
        int count = 0;
        while (each.hasNext()) {
            const QString path = each.next();
            const auto object = parseJsonObject(readFile(path).value_or(QByteArray()), path);
            QVERIFY2(object, object ? "" : qPrintable(object.error().text()));
            const auto profile = serving::RequestProfile::fromJson(*object, path);
            QVERIFY2(profile, profile ? "" : qPrintable(profile.error().text()));
            QCOMPARE(profile->path, QStringLiteral("/predict"));
            QCOMPARE(profile->predictions, QStringLiteral("/prediction"));
            QCOMPARE(profile->login.has_value(), path.contains(QStringLiteral("/weather/")));
            ++count;
        }
        QVERIFY(count >= 6);
    }
};

QTEST_GUILESS_MAIN(TestTemplateProfiles)
#include "tst_template_profiles.moc"
