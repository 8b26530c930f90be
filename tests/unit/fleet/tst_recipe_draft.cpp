// SPDX-License-Identifier: GPL-3.0-or-later
// A model's recipe as the Train panel takes it up and writes it back.
#include "core/base/file.h"
#include "core/fleet/new_model.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {
const char *const severalTargets = "# two of them\nrecipe: weather\ndata: {source: w.csv}\ntask: forecast\ntarget:     # both from one station\n  - t2m\n  - rh2m\ntime: {column: time, step: 1h}\n"
                                   "split: {after: 2024-01-20}\nestimators: [ridge]\ngates: [mae@rh2m <= 8]\nexport: [w.pt]\n";
}

class TestRecipeDraft : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::shared_ptr<Services> m_services;

private Q_SLOTS:
    void initTestCase() {
        const QString file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: a\nconnections: {local: {kind: local, root: state}}\nmodels:\n  weather: {registry: {connection: local, name: weather}, recipe: weather.yaml}\n"));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("weather.yaml")), severalTargets));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore({});
        const auto opened = openServices(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
    }

    void aListOfTargetsIsShownAndKept() {
        auto draft = draftOfModel(*m_services, QStringLiteral("weather"));
        QVERIFY2(draft, draft ? "" : qPrintable(draft.error().text()));
        QCOMPARE(draft->yaml, QByteArray(severalTargets)); // as it was written, comments and all
        QCOMPARE(draft->target, QStringLiteral("t2m, rh2m"));
        QVERIFY(checkDraft(*draft));
        draft->yaml.replace("[ridge]", "[mlp]");
        const auto saved = saveDraft(*m_services, *draft);
        QVERIFY2(saved, saved ? "" : qPrintable(saved.error().text()));
        QCOMPARE(*readFile(draft->recipeFile), QByteArray(severalTargets).replace("[ridge]", "[mlp]"));
        QCOMPARE(workspace::readRecipe(draft->recipeFile)->targets(), (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m")}));
    }

    void anOpenedFileSaysHowGoodItIs() {
        QByteArray csv = "size,fixed,price\n";
        for (int i = 0; i < 60; ++i)
            csv += (i % 6 ? QByteArray::number(50 + i) : QByteArray()) + ",1," + QByteArray::number(1000 + 7 * i) + '\n';
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("prices.csv")), csv));
        const auto draft = draftFromData(*m_services, m_folder.filePath(QStringLiteral("prices.csv")), QStringLiteral("price"), {});
        QVERIFY2(draft, draft ? "" : qPrintable(draft.error().text()));
        QStringList found;
        for (const data::QualityFinding &finding : draft->findings)
            found << QStringLiteral("%1 %2 %3").arg(finding.check, finding.column).arg(finding.count);
        QVERIFY2(found.contains(QStringLiteral("missing size 10")), qPrintable(found.join(QLatin1Char('\n'))));
        QVERIFY2(found.filter(QStringLiteral("constant fixed")).size() == 1, qPrintable(found.join(QLatin1Char('\n'))));
        QVERIFY(draftOfModel(*m_services, QStringLiteral("weather"))->findings.empty());
    }

    void aMistakeInTheListNamesItsPlace() {
        auto draft = draftOfModel(*m_services, QStringLiteral("weather"));
        QVERIFY(draft);
        draft->yaml.replace("- rh2m", "- t2m");
        const auto checked = checkDraft(*draft);
        QVERIFY(!checked);
        QVERIFY2(checked.error().where.endsWith(QStringLiteral("weather.yaml:7:5")), qPrintable(checked.error().where));
        QVERIFY(!saveDraft(*m_services, *draft));
    }
};

QTEST_GUILESS_MAIN(TestRecipeDraft)
#include "tst_recipe_draft.moc"
