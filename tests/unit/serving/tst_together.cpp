// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that are there at the same time are answered by one call of the model, as each would be alone.
#include "core/artifact/shared_pass.h"
#include "core/serving/batching.h"
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

#include <algorithm>
#include <mutex>
#include <semaphore>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;

namespace {

/// 2·x; the row −7 stops it. From `roundsFrom` rows on its answers lie 1e-9 higher, as those of a matrix product that is cut otherwise.
class SharedScorer : public artifact::Scorer, public artifact::SharedPass {
public:
    explicit SharedScorer(std::size_t roundsFrom = 1000) : m_roundsFrom(roundsFrom) {
        m_signature.inputs = {{QStringLiteral("x"), data::ColumnType::Number, {}, false}};
        m_signature.outputs = {QStringLiteral("y")};
        m_signature.target = QStringLiteral("y");
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        {
            const std::lock_guard guard(m_lock);
            m_sizes.push_back(rows.count);
        }
        artifact::Predictions out;
        out.count = rows.count;
        for (std::size_t i = 0; i < rows.count; ++i) {
            if (rows.row(i)[0] == 1000) {
                m_inside.release();
                m_goOn.acquire();
            }
            if (rows.row(i)[0] == -7)
                return invalid(QStringLiteral("The model cannot take −7."));
            out.values.push_back(2 * rows.row(i)[0] + (rows.count >= m_roundsFrom ? 1e-9 : 0));
        }
        return out;
    }
    std::vector<std::size_t> takeSizes() const {
        const std::lock_guard guard(m_lock);
        return std::exchange(m_sizes, {});
    }
    mutable std::binary_semaphore m_inside{0}, m_goOn{0};

private:
    artifact::Signature m_signature;
    std::size_t m_roundsFrom;
    mutable std::mutex m_lock;
    mutable std::vector<std::size_t> m_sizes;
};

std::string post(const std::string &body) {
    return "POST /predict HTTP/1.1\r\nHost: a\r\nX-API-Key: the-api-key-of-this-test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

class TestTogether : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;
    std::shared_ptr<SharedScorer> m_model;

    void serve(std::size_t rows, int micros = 60000000) {
        m_model = std::make_shared<SharedScorer>();
        m_served = std::make_unique<Served>();
        m_served->shelf.put(QStringLiteral("v1"), m_model);
        m_served->options.limits.ioThreads = 1;
        m_served->options.batch = {rows, micros, 0};
        QVERIFY(m_served->start());
        (void)m_model->takeSizes();
    }

    /// Holds the I/O thread in a first request until all bodies lie in their sockets.
    std::vector<Answer> askAtOnce(const std::vector<std::string> &bodies) {
        Wire first(m_served->port());
        std::vector<std::unique_ptr<Wire>> wires;
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            wires.push_back(std::make_unique<Wire>(m_served->port()));
            (void)wires.back()->ask("GET", "/health");
        }
        (void)first.sendRaw(post(R"({"x":1000})"));
        m_model->m_inside.acquire();
        for (std::size_t i = 0; i < bodies.size(); ++i)
            (void)wires[i]->sendRaw(post(bodies[i]));
        m_model->m_goOn.release();
        (void)first.receive();
        std::vector<Answer> answers;
        for (const auto &wire : wires)
            answers.push_back(wire->receive());
        return answers;
    }

private Q_SLOTS:
    void cleanup() { m_served.reset(); }

    void whatWaitsIsAnsweredByOneCall() {
        serve(32);
        std::vector<std::string> bodies;
        for (int i = 0; i < 12; ++i)
            bodies.push_back("{\"x\":" + std::to_string(i) + ".25}");
        bodies.push_back(R"({"rows":[[1],[2],[3]]})");
        const auto answers = askAtOnce(bodies);
        for (int i = 0; i < 12; ++i) {
            QCOMPARE(answers[std::size_t(i)].status, 200);
            QCOMPARE(answers[std::size_t(i)].json().value(QLatin1String("prediction")).toDouble(), 2 * i + 0.5);
        }
        QVERIFY(answers[12].body.find("\"predictions\":[2,4,6]") != std::string::npos);
        QCOMPARE(m_model->takeSizes(), (std::vector<std::size_t>{1, 15}));
        Wire wire(m_served->port());
        const QJsonObject together = wire.ask("GET", "/metrics").json().value(QLatin1String("together")).toObject();
        QCOMPARE(together.value(QLatin1String("calls")).toInt(), 1);
        QCOMPARE(together.value(QLatin1String("requests")).toInt(), 13);
        QVERIFY(m_served->server->log().flush());
        QCOMPARE(m_served->server->log().written(), std::uint64_t(14));
    }

    void noCallIsLargerThanItsLimit() {
        serve(4);
        const auto answers = askAtOnce(std::vector<std::string>(10, R"({"x":3})"));
        QVERIFY(std::all_of(answers.begin(), answers.end(), [](const Answer &a) { return a.status == 200; }));
        const auto sizes = m_model->takeSizes();
        QVERIFY(*std::max_element(sizes.begin(), sizes.end()) <= 4);
        QVERIFY(sizes.size() < 11);
    }

    void theErrorOfOneIsNotTheOthers() {
        serve(32);
        const auto answers = askAtOnce({R"({"x":1})", R"({"x":-7})", R"({"z":1})", "no JSON", R"({"x":2})"});
        QCOMPARE(answers[0].status, 200);
        QCOMPARE(answers[1].status, 422);
        QVERIFY(answers[1].body.find("cannot take") != std::string::npos);
        QCOMPARE(answers[2].status, 422);
        QCOMPARE(answers[3].status, 400);
        QCOMPARE(answers[4].status, 200);
        QCOMPARE(answers[4].json().value(QLatin1String("prediction")).toDouble(), 4.0);
    }

    void oneAloneDoesNotWait() {
        serve(32); // which would hold it for a minute, longer than the wire waits
        Wire wire(m_served->port());
        for (int i = 0; i < 3; ++i)
            QCOMPARE(wire.ask("POST", "/predict", R"({"x":4})").status, 200);
        QVERIFY(wire.sendRaw(post(R"({"x":1})") + post(R"({"x":2})"))); // two on one connection are answered in their order
        QCOMPARE(wire.receive().json().value(QLatin1String("prediction")).toDouble(), 2.0);
        QCOMPARE(wire.receive().json().value(QLatin1String("prediction")).toDouble(), 4.0);
    }

    void onlySoManyAsAreAnsweredAsAlone() {
        QCOMPARE(rowsTogether(SharedScorer(5), {32, 0, 0}), std::size_t(4));
        QCOMPARE(rowsTogether(SharedScorer(5), {32, 0, 1e-6}), std::size_t(32));
        QCOMPARE(rowsTogether(SharedScorer(2), {32, 0, 0}), std::size_t(1));
        QCOMPARE(rowsTogether(SharedScorer(), {32, 0, 0}), std::size_t(32));
        QCOMPARE(rowsTogether(SharedScorer(), {1, 0, 0}), std::size_t(1));
        QCOMPARE(rowsTogether(PlainScorer(0), {32, 0, 0}), std::size_t(1)); // says of itself that it gains nothing
    }
};

QTEST_GUILESS_MAIN(TestTogether)
#include "tst_together.moc"
