// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks `pilot explain` for, and what it reads out of a prediction with several outputs.
#include "core/fleet/why.h"
#include "tests/support/loopback_server.h"

#include <QTest>

#include <cmath>

Q_DECLARE_METATYPE(pilothouse::fleet::WhyQuestion)

using namespace pilothouse;
using namespace pilothouse::fleet;
using explain::Method;
using explain::View;
using support::LoopbackServer;

namespace {

workspace::Workspace sample() {
    auto parsed = workspace::parseWorkspace("workspace: a\nconnections: {local: {kind: local, root: s}}\nmodels:\n  t2m: {registry: {connection: local, name: weather-t2m}}\n", QStringLiteral("/w.yaml"));
    return parsed ? *parsed : workspace::Workspace{};
}

WhyQuestion question(View view, WhyRows rows) {
    WhyQuestion q;
    q.model = QStringLiteral("t2m");
    q.version = 3;
    q.view = view;
    q.rows = rows;
    return q;
}

/// t2m and rh2m, two steps each.
artifact::Signature twoTargets() {
    artifact::Signature signature;
    signature.task = workspace::TaskKind::Forecast;
    signature.inputs = {{QStringLiteral("t2m@0"), data::ColumnType::Number, {}, false}};
    signature.outputs = {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2")};
    signature.target = QStringLiteral("t2m");
    return signature;
}

std::vector<std::vector<WhatIfValue>> rows(std::size_t count) {
    const WhatIfValue one{1.0, {}};
    return std::vector<std::vector<WhatIfValue>>(count, std::vector<WhatIfValue>(1, one));
}

} // namespace

class tst_Why : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theChildIsToldWhatWasChosen_data() {
        QTest::addColumn<WhyQuestion>("question");
        QTest::addColumn<QString>("arguments");
        const auto row = [](const char *name, const WhyQuestion &q, const char *more) {
            QTest::newRow(name) << q << QStringLiteral("explain t2m/3 --workspace /w.yaml%1").arg(QLatin1String(more));
        };
        row("the row of the form", question(View::Row, WhyRows::Given), " --rows /row.json");
        row("the package's sample needs no word", question(View::DataSet, WhyRows::Sample), "");
        WhyQuestion q = question(View::Row, WhyRows::File);
        q.file = QStringLiteral("/rows.csv");
        q.row = 17;
        q.method = Method::Lime;
        row("a row of a file by LIME", q, " --data /rows.csv --row 17 --method lime");
        q.sample = 50; // of one row there is nothing to draw
        row("a row is not sampled", q, " --data /rows.csv --row 17 --method lime");
        q.view = View::DataSet;
        q.method = Method::Permutation;
        row("importance over a file", q, " --data /rows.csv --method permutation --sample 50");
        q = question(View::DataSet, WhyRows::Log);
        q.endpoint = true;
        q.grouping = explain::Grouping::Series;
        q.output = QStringLiteral("rh2m@+2");
        row("the log at the endpoint, by its own name", q, " --log t2m --group series --output rh2m@+2 --endpoint t2m");
        q = question(View::Dependence, WhyRows::Sample);
        q.method = Method::PartialDependence;
        q.column = QStringLiteral("t2m@0");
        q.grouping = explain::Grouping::Series; // one input is one input
        row("one input", q, " --method partial-dependence --column t2m@0");
        q = question(View::Row, WhyRows::Given);
        q.grouping = explain::Grouping::Lags;
        row("lag by lag", q, " --rows /row.json --group lags");
    }
    void theChildIsToldWhatWasChosen() {
        QFETCH(WhyQuestion, question);
        QFETCH(QString, arguments);
        const workspace::Workspace workspace = sample();
        QCOMPARE(workspace.models.size(), std::size_t(1));
        QCOMPARE(whyArguments(workspace, question, QStringLiteral("/row.json")).join(QLatin1Char(' ')), arguments);
    }
    void aModelThatOnlyTheRegistryKnowsIsNamedAsThere() {
        WhyQuestion q = question(View::DataSet, WhyRows::Sample);
        q.model = QStringLiteral("stray");
        QCOMPARE(whyArguments(sample(), q, {}).value(1), QStringLiteral("stray/3"));
    }

    void anotherChoiceIsAnotherQuestion() {
        const WhyQuestion a = question(View::Row, WhyRows::Given);
        WhyQuestion b = a;
        QVERIFY(sameQuestion(a, b));
        b.signature = twoTargets(); // follows from the version
        QVERIFY(sameQuestion(a, b));
        b.given.push_back({1.5, {}});
        QVERIFY(!sameQuestion(a, b));
        b = a;
        b.method = Method::Lime;
        QVERIFY(!sameQuestion(a, b));
        b = a;
        b.output = QStringLiteral("yes");
        QVERIFY(!sameQuestion(a, b));
        b = a;
        b.sample = 1;
        QVERIFY(!sameQuestion(a, b));
    }

    void anOutputHasTheUnitOfItsTarget() {
        AskableVersion version;
        version.signature = twoTargets();
        version.units = {QStringLiteral("°C"), QStringLiteral("%")};
        QCOMPARE(version.unitOf(1), QStringLiteral("°C"));
        QCOMPARE(version.unitOf(2), QStringLiteral("%"));
        version.signature = {};
        QCOMPARE(version.unitOf(0), QStringLiteral("°C"));
    }

    void everyOutputOfAnAnswerIsRead_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("values");
        QTest::newRow("lists by target") << QByteArray(R"({"predictions":[{"t2m":[1,2],"rh2m":[3,4]},{"t2m":[5,6],"rh2m":[7,8]}]})") << "1 2 3 4 5 6 7 8";
        QTest::newRow("one list, target after target") << QByteArray(R"({"predictions":[[1,2,3,4],[5,6,7,8]]})") << "1 2 3 4 5 6 7 8";
        QTest::newRow("a number is the first output") << QByteArray(R"({"predictions":[1,5]})") << "1 - - - 5 - - -";
        QTest::newRow("a target that is not answered") << QByteArray(R"({"predictions":[{"t2m":[1,2]},{"t2m":[5,6]}]})") << "1 2 - - 5 6 - -";
    }
    void everyOutputOfAnAnswerIsRead() {
        QFETCH(QByteArray, body);
        QFETCH(QString, values);
        LoopbackServer server([&](auto &connection, int) {
            connection.readRequest();
            connection.reply(200, body, "Content-Type: application/json\r\n");
        });
        const Result<WhatIfAnswer> answer = ask(endpointAt(server.url("")), twoTargets(), rows(2), {});
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->outputs, std::size_t(4));
        QStringList got;
        for (std::size_t row = 0; row < 2; ++row)
            for (std::size_t output = 0; output < 4; ++output)
                got << (std::isnan(answer->value(row, output)) ? QStringLiteral("-") : QString::number(answer->value(row, output)));
        QCOMPARE(got.join(QLatin1Char(' ')), values);
        QVERIFY(std::isnan(answer->value(0, 4)) && std::isnan(answer->value(2, 0)));
    }
    void anAnswerWithoutAnyNumberIsAnError() {
        LoopbackServer server([&](auto &connection, int) {
            connection.readRequest();
            connection.reply(200, R"({"predictions":[{"wind":[1,2]}]})", "Content-Type: application/json\r\n");
        });
        const Result<WhatIfAnswer> answer = ask(endpointAt(server.url("")), twoTargets(), rows(1), {});
        QVERIFY(!answer);
        QVERIFY2(answer.error().what.contains(QStringLiteral("holds no number")), qPrintable(answer.error().text()));
    }

private:
    ModelEndpoint endpointAt(const QString &url) {
        ModelEndpoint endpoint;
        endpoint.url = url;
        if (auto profile = serving::profileOf({}, QStringLiteral("t2m")))
            endpoint.profile = *profile;
        endpoint.client = std::make_shared<serving::Endpoint>(m_http, url, endpoint.profile, [](const QString &) -> Result<QString> { return QString(); });
        return endpoint;
    }
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
};

QTEST_GUILESS_MAIN(tst_Why)
#include "tst_why.moc"
