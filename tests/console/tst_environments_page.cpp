// SPDX-License-Identifier: GPL-3.0-or-later
// The environments in the window: the page as a function of its chains, and a version that goes from dev into staging in the real window with the real `pilot`.
// PILOTHOUSE_PICTURES_TO=DIR keeps pictures of the page there.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "tests/support/own_home.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/source_label.h"
#include "widgets/base/table.h"
#include "widgets/registry/environment_model.h"
#include "widgets/registry/environments_view.h"

#include <QAbstractItemModelTester>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;
using testing::sampleNow;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

fleet::EnvironmentModel model(const char *name, std::optional<int> live, std::optional<int> latest, const char *from = "") {
    fleet::EnvironmentModel m;
    m.model = Q(name);
    m.place = {QStringLiteral("team"), Q(name), QStringLiteral("champion")};
    m.live = live;
    m.latest = latest;
    m.liveFrom = Q(from);
    return m;
}

/// dev, staging and prod of two models: one can go on from dev, one waits in staging, prod's server does not answer for one.
EnvironmentChains sampleChains() {
    fleet::EnvironmentState dev, staging, prod;
    dev.environment.name = QStringLiteral("dev");
    dev.environment.next = QStringLiteral("staging");
    dev.role = workspace::Role::Approver;
    dev.models = {model("housing", 4, 5), model("weather-t2m", 7, 7)};
    dev.models[0].goesOn = true;
    staging.environment.name = QStringLiteral("staging");
    staging.environment.next = QStringLiteral("prod");
    staging.environment.approvals = 1;
    staging.environment.gates = {{QStringLiteral("r2"), QStringLiteral(">="), 0.5}};
    staging.role = workspace::Role::Operator;
    staging.models = {model("housing", 2, 2, "housing/3"), model("weather-t2m", {}, 1)};
    staging.models[1].waiting = {QStringLiteral("p-12345678")};
    prod.environment.name = QStringLiteral("prod");
    prod.environment.approvals = 2;
    prod.environment.preventSelfApproval = true;
    prod.role = workspace::Role::Viewer;
    prod.guard = QStringLiteral("typed-name");
    prod.models = {model("housing", 2, 2, "housing-staging/2"), model("weather-t2m", {}, {})};
    prod.models[1].problem = Error{ErrorKind::Unreachable, QStringLiteral("mlflow.example does not answer."), {}, QStringLiteral("Start it."), {}};
    return {{dev, staging, prod}};
}

QString rulesText(const fleet::EnvironmentState &state) {
    QStringList lines;
    for (const KeyValues::Row &row : environmentRules(state))
        lines << row.key + QStringLiteral(": ") + row.value;
    return lines.join(QStringLiteral("; "));
}

} // namespace

class TestEnvironmentsPage : public QObject {
    Q_OBJECT

    struct Page {
        Theme theme;
        ActionCatalogue actions;
        QWidget window;
        QString promoted;
        std::unique_ptr<EnvironmentsView> page;
        explicit Page(const QSize &size = {1000, 600}, SchemeChoice scheme = SchemeChoice::Dark) {
            theme.apply(scheme);
            Ticker::of(&window).setNow([] { return sampleNow(); });
            for (const char *id : {"promotion.next", "promotion.review"}) {
                ActionSpec spec;
                spec.id = Q(id);
                spec.text = Q(id) == Q("promotion.next") ? QStringLiteral("Promote to the next environment") : QStringLiteral("Review evidence");
                spec.blocked = [](const QString &argument) { return argument.isEmpty() ? QStringLiteral("none") : QString(); };
                spec.run = [this](const QString &argument, const QString &) { promoted = argument; };
                actions.add(spec);
            }
            PanelContext context;
            context.actions = &actions;
            context.theme = &theme;
            context.now = [] { return sampleNow(); };
            page = std::make_unique<EnvironmentsView>(context, &window);
            window.resize(size);
            page->setGeometry(window.rect());
            window.show();
        }
        template<class T>
        T *find(const char *name) {
            T *found = page->findChild<T *>(Q(name));
            if (!found)
                qFatal("there is no %s on the page", name);
            return found;
        }
    };

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void rulesStandInWords() {
        const auto chain = sampleChains().front();
        QCOMPARE(rulesText(chain[0]), QStringLiteral("Your role: approver; Guard: none; Approvals: as each model says; Gates: those of the recipe; Alias: champion"));
        QVERIFY2(rulesText(chain[1]).contains(QStringLiteral("Approvals: 1 needed; Gates: r2 >= 0.5")), qPrintable(rulesText(chain[1])));
        QVERIFY2(rulesText(chain[2]).contains(QStringLiteral("Your role: viewer; Guard: writes ask for the name; Approvals: 2 needed, not one's own")), qPrintable(rulesText(chain[2])));
    }

    void theWayOnIsToldOrWhyNot() {
        const auto chain = sampleChains().front();
        QCOMPARE(nextStep(chain[0], QStringLiteral("housing")).argument, QStringLiteral("housing/4/staging"));
        QVERIFY(nextStep(chain[0], QStringLiteral("weather-t2m")).argument.isEmpty()); // it waits there
        QVERIFY(nextStep(chain[1], QStringLiteral("weather-t2m")).reason.contains(QStringLiteral("Nothing of weather-t2m is live in staging")));
        QVERIFY(nextStep(chain[2], QStringLiteral("housing")).reason.contains(QStringLiteral("prod is the last")));
        QVERIFY(nextStep(chain[2], QStringLiteral("none")).argument.isEmpty());
    }

    void rowsSayWhatIsLiveAndWhatWaits() {
        EnvironmentModels models;
        QAbstractItemModelTester tester(&models, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto chain = sampleChains().front();
        const auto text = [&](int row) {
            return QStringLiteral("%1|%2|%3|%4").arg(models.index(row, 0).data().toString(), models.index(row, 0).data(SecondRole).toString(), models.index(row, 1).data().toString(), models.index(row, 2).data().toString());
        };
        models.setState(chain[0]);
        QCOMPARE(text(0), QStringLiteral("housing|v4 can go on to staging|v4|v5"));
        models.setState(chain[1]);
        QCOMPARE(text(0), QStringLiteral("housing|copy of housing/3|v2|v2"));
        QCOMPARE(text(1), QStringLiteral("weather-t2m|waits for approval|—|v1"));
        QCOMPARE(State(models.index(1, 0).data(StateRole).toInt()), State::Paused);
        models.setState(chain[2]);
        QCOMPARE(text(1), QStringLiteral("weather-t2m|mlflow.example does not answer.|—|—"));
        QCOMPARE(State(models.index(1, 0).data(StateRole).toInt()), State::Bad);
    }

    void thePageIsAFunctionOfItsChains() {
        Page p;
        p.page->setChains(sampleChains(), sampleNow());
        auto *next = p.find<Button>("environmentNext-dev"), *review = p.find<Button>("environmentReview-staging");
        QTRY_VERIFY(next->isVisible() && next->isEnabled());
        QCOMPARE(next->text(), QStringLiteral("Promote to staging"));
        QVERIFY(!p.find<Button>("environmentNext-prod")->isVisible());
        QVERIFY(!p.find<Button>("environmentNext-staging")->isEnabled()); // v2 is live in prod as well
        QVERIFY(!review->isVisible());
        p.find<Table>("environmentTable-staging")->choose(QStringLiteral("weather-t2m"));
        QTRY_VERIFY(review->isVisible());
        QCOMPARE(p.page->nextArgument(), QStringLiteral("housing/4/staging"));
        QTest::mouseClick(next, Qt::LeftButton);
        QCOMPARE(p.promoted, QStringLiteral("housing/4/staging"));
        QTest::mouseClick(review, Qt::LeftButton);
        QCOMPARE(p.promoted, QStringLiteral("p-12345678"));
        p.page->setChains(sampleChains(), sampleNow()); // what was chosen stays
        QCOMPARE(p.find<Table>("environmentTable-staging")->currentId(), QStringLiteral("weather-t2m"));
        p.page->setChains({}, sampleNow());
        QTRY_VERIFY(!next->isVisible());
    }

    void picturesOfThePage_data() {
        QTest::addColumn<int>("scheme");
        QTest::addColumn<QSize>("size");
        QTest::newRow("dark") << int(SchemeChoice::Dark) << QSize(1348, 780);
        QTest::newRow("light") << int(SchemeChoice::Light) << QSize(1348, 780);
        QTest::newRow("small dark") << int(SchemeChoice::Dark) << QSize(932, 540);
        QTest::newRow("small light") << int(SchemeChoice::Light) << QSize(932, 540);
    }
    void picturesOfThePage() {
        QFETCH(int, scheme);
        QFETCH(QSize, size);
        Page p(size, SchemeChoice(scheme));
        p.page->setChains(sampleChains(), sampleNow().addSecs(-4));
        QVERIFY(QTest::qWaitForWindowExposed(&p.window));
        const QImage image = p.window.grab().toImage();
        QVERIFY(!image.isNull());
        for (const char *name : {"environment-dev", "environment-staging", "environment-prod"}) { // beside each other, all of each
            const auto *card = p.find<Card>(name);
            QVERIFY2(p.window.rect().contains(QRect(card->mapTo(&p.window, QPoint()), card->size())), name);
        }
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/environments-%2.png").arg(folder, QString::fromLatin1(QTest::currentDataTag()).replace(QLatin1Char(' '), QLatin1Char('-')))));
    }

    /// A version that is live in dev is promoted into staging from the page: copied, judged by staging's gate, approved, live there.
    void aVersionGoesIntoTheNextEnvironment() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        QTemporaryDir folder;
        QByteArray rows = "x,z,y\n";
        for (int i = 0; i < 1000; ++i) {
            const double x = (i * 37 % 101) / 10.0, z = (i * 53 % 89) / 7.0, noise = (i * 7919 % 13 - 6) / 10.0;
            rows += QByteArray::number(x, 'g', 17) + ',' + QByteArray::number(z, 'g', 17) + ',' + QByteArray::number(2 * x + z + noise, 'g', 17) + '\n';
        }
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("line.csv")), rows));
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("line.yaml")), "recipe: line\ndata: {source: line.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators: [linear_regression]\n"));
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: chain\nconnections: {local: {kind: local, root: data}}\nmodels:\n  line: {recipe: line.yaml}\nenvironments:\n  dev: {}\n"
                                          "  staging: {name: \"{model}-staging\", gates: [r2 >= 0.5]}\n"));
        const auto pilot = [&](const QStringList &arguments) {
            ChildJob job;
            job.program = pilotProgram();
            job.workingDirectory = folder.path();
            job.arguments = arguments + QStringList{QStringLiteral("--workspace"), file};
            return runJob(job, {}, {});
        };
        QVERIFY(pilot({QStringLiteral("train"), folder.filePath(QStringLiteral("line.yaml")), QStringLiteral("--register"), QStringLiteral("line"), QStringLiteral("--out"), folder.filePath(QStringLiteral("out"))}));
        QVERIFY(pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("the first")}));
        Pools pools{1};
        Theme theme;
        console::WindowOptions options;
        options.workspace = file;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.sessionFile = folder.filePath(QStringLiteral("s.json"));
        options.remember = options.desktop = false;
        console::MainWindow window(pools, theme, options);
        window.resize(1440, 900);
        window.show();
        window.start();
        QTRY_VERIFY_WITH_TIMEOUT(window.fleet() && window.snapshot().models.size() == 1, slow);
        const auto open = [&] {
            window.open(QStringLiteral("models"));
            window.actions().trigger(QStringLiteral("registry.environments"));
        };
        const auto state = [&](int at) -> const fleet::EnvironmentState * {
            const auto *view = window.findChild<EnvironmentsView *>();
            return view && view->chains().size() == 1 ? &view->chains().front()[std::size_t(at)] : nullptr;
        };
        open();
        Button *next = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((next = window.findChild<Button *>(QStringLiteral("environmentNext-dev"))) && next->isVisible() && next->isEnabled(), slow);
        QVERIFY(!state(1)->models.front().live);
        QTest::mouseClick(next, Qt::LeftButton);
        const auto request = [&]() -> const promotion::Request * {
            for (const promotion::Request &r : window.snapshot().promotions)
                if (r.model == QStringLiteral("line-staging"))
                    return &r;
            return nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(request() && window.findChild<QWidget *>(QStringLiteral("promotionSheet")) && window.findChild<QWidget *>(QStringLiteral("promotionSheet"))->isVisible(), slow);
        window.findChild<QPlainTextEdit *>(QStringLiteral("promotionComment"))->setPlainText(QStringLiteral("good on the test rows"));
        QTest::mouseClick(window.findChild<QAbstractButton *>(QStringLiteral("approveButton")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(request() && request()->state == promotion::RequestState::Done, slow);
        open();
        QTRY_VERIFY_WITH_TIMEOUT(state(1) && state(1)->models.front().live == 1 && state(1)->models.front().liveFrom == QStringLiteral("line/1"), slow);
        QTRY_VERIFY_WITH_TIMEOUT(!next->isEnabled(), slow); // it is there
    }
};

int main(int argc, char **argv) { return runInOwnHome<TestEnvironmentsPage>(argc, argv); }
#include "tst_environments_page.moc"
