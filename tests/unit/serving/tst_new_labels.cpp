// SPDX-License-Identifier: GPL-3.0-or-later
// Labels of a source that tells them again at each look: what is new among them, and what becomes of the others.
#include "core/serving/labels.h"
#include "core/serving/labels_look.h"
#include "core/serving/serving_store.h"
#include "tests/unit/serving/serving_fixture.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;

class TestNewLabels : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;
    std::unique_ptr<Wire> m_wire;

    std::string predict() { return m_wire->ask("POST", "/predict", R"({"a":1})").json().value(QStringLiteral("prediction_id")).toString().toStdString(); }
    static Label label(const std::string &id, double value, std::optional<qint64> came = {}) {
        Label out;
        out.predictionId = id;
        out.values = {value};
        out.cameMs = came;
        return out;
    }
    Result<NewLabels> fresh(const std::vector<Label> &labels) { return newLabels(labels, *m_served->server->store().database()); }
    Result<LabelOutcome> take(const std::vector<Label> &labels) { return takeLabels(labels, m_served->server->store(), m_served->server->log(), m_served->server->control()); }
    /// (value, time) of the row.
    std::pair<double, qint64> stored(const std::string &id) {
        std::pair<double, qint64> out{-1, -1};
        (void)m_served->server->store().database()->query(QStringLiteral("SELECT value,time FROM labels WHERE prediction_id=?1"), [&](Statement &s) { s.bind(1, std::string_view(id)); },
                                                          [&](const Statement &s) { out = {s.real(0), s.integer(1)}; });
        return out;
    }

private Q_SLOTS:
    void init() {
        m_served = std::make_unique<Served>();
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
    }
    void cleanup() {
        m_wire.reset();
        m_served.reset();
    }

    void whatStandsIsNotTakenAgain() {
        const std::string a = predict(), b = predict();
        QVERIFY(m_served->server->log().flush());
        const std::vector<Label> told{label(a, 3), label(b, 4), label("00000001-1", 5), label("nonsense", 6), label(a + ".0", 7)};
        auto found = fresh(told);
        QVERIFY(found);
        QCOMPARE(found->labels.size(), std::size_t(2));
        QCOMPARE(found->standing, qint64(0));
        QCOMPARE(found->unknown, qint64(3));
        QCOMPARE(take(found->labels)->accepted, qint64(2));
        found = fresh(told);
        QVERIFY(found && found->labels.empty());
        QCOMPARE(found->standing, qint64(2));
        QCOMPARE(stored(b).first, 4.0);
    }

    void ofSeveralTheLastOneCounts() {
        const std::string a = predict(), b = predict(), c = predict();
        QVERIFY(m_served->server->log().flush());
        auto found = fresh({label(a, 1, 2000), label(a, 2, 3000), label(a, 3, 1000), label(b, 1), label(b, 2), label(c, 1, 9000), label(c, 2)});
        QVERIFY(found);
        QCOMPARE(found->labels.size(), std::size_t(3));
        QCOMPARE(found->standing, qint64(4));
        QVERIFY(take(found->labels));
        QCOMPARE(stored(a), std::pair(2.0, qint64(3000)));
        QCOMPARE(stored(b).first, 2.0);
        QCOMPARE(stored(c).first, 2.0);
    }

    void anOlderOneThatComesLaterChangesNothing() {
        const std::string a = predict();
        QVERIFY(m_served->server->log().flush());
        QVERIFY(take({label(a, 2, 3000)}));
        QVERIFY(fresh({label(a, 9, 2999)})->labels.empty());
        const auto corrected = fresh({label(a, 8, 3001)});
        QCOMPARE(corrected->labels.size(), std::size_t(1));
        QVERIFY(take(corrected->labels));
        QCOMPARE(stored(a), std::pair(8.0, qint64(3001)));
        QCOMPARE(fresh({label(a, 7)})->labels.size(), std::size_t(1)); // without a time: as it is now
    }

    void aTimeThatIsStillToComeIsNow() {
        const std::string a = predict();
        QVERIFY(m_served->server->log().flush());
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        QVERIFY(take({label(a, 2, now + 86'400'000)}));
        QVERIFY(stored(a).second >= now - 1000 && stored(a).second < now + 60'000);
    }

    void howTheLookWentIsShown() {
        QVERIFY(m_wire->ask("GET", "/metrics/prometheus").body.find("labels_source") == std::string::npos);
        LabelsLook look{QStringLiteral("late.csv"), 1'700'000'123'000, 3, 4, 5, 1, QStringLiteral("x"), {}};
        QVERIFY(m_served->server->store().save(labelsLookKey, look.toJson()));
        QCOMPARE(lastLabelsLook(*m_served->server->store().database()).value()->sentence(), QStringLiteral("late.csv: 3 new labels, 5 of predictions that the log does not hold, 1 refused (x)."));
        QCOMPARE(m_wire->ask("GET", "/metrics").json().value(QStringLiteral("labels_source"))[QStringLiteral("taken")].toInt(), 3);
        look.problem = QStringLiteral("There is no file.");
        QVERIFY(m_served->server->store().save(labelsLookKey, look.toJson()));
        const std::string text = m_wire->ask("GET", "/metrics/prometheus").body;
        QVERIFY(text.find("pilothouse_labels_source_ok{model=\"t2m\"} 0\n") != std::string::npos);
        QVERIFY(text.find("pilothouse_labels_source_look_seconds{model=\"t2m\"} 1700000123\n") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestNewLabels)
#include "tst_new_labels.moc"
