// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/evidence_report.h"
#include "core/fleet/report_parts.h"
#include "tests/support/parsed_page.h"
#include "tests/unit/promotion/evidence_bench.h"
#include "tests/unit/promotion/promotion_bench.h"

#include <QRegularExpression>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using pilothouse::testing::parsed;
using pilothouse::testing::Parsed;

namespace {

const QString champion = QStringLiteral("champion");
const QString nasty = QStringLiteral("<script>alert('x')</script> & \"quoted\" %1 %2 ]]> ünïcode 温度 ") + QChar(7) + QChar(0xD800) + QChar(0xFFFF);

QDateTime at(int hour) { return QDateTime(QDate(2024, 5, 1), QTime(hour, 0), Qt::UTC); }
ReportFrame frame() { return {QStringLiteral("bench"), QStringLiteral("Pilothouse 1"), at(18), {true, true, 7, 0, {}, QStringLiteral("7 lines chain.")}}; }

promotion::Request request(const test::EvidenceBench &bench, const promotion::Evidence &evidence) {
    promotion::Request r;
    r.id = QStringLiteral("p-12345678");
    r.model = QStringLiteral("tiny");
    r.alias = champion;
    r.requester = QStringLiteral("ada");
    r.version = 4;
    r.from = 3;
    r.digest = evidence.candidateDigest;
    r.state = promotion::RequestState::Done;
    r.evidence = evidence;
    r.approvals = {{QStringLiteral("ben"), QStringLiteral("better on every month"), true, at(12)}};
    r.created = at(10);
    r.decided = at(12);
    r.operation = QStringLiteral("op-000000000001");
    Q_UNUSED(bench)
    return r;
}

} // namespace

class TestEvidenceReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPromotionHasItsSections();
    void theSameInputGivesTheSameBytes();
    void whatWasWrittenByOthersIsTextAndNothingElse();
    void nothingForeignIsInIt();
    void aReportOfARealPromotionHoldsItsJournalAndItsDigest();
    void aChangedEvidenceIsFound();
    void aModelOverATimeHoldsItsPromotions();
    void aModelCardsMarkdownBecomesTables();
    void aBlockedFirstPromotionIsReported();
};

void TestEvidenceReport::aPromotionHasItsSections() {
    test::EvidenceBench bench;
    const auto evidence = bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5)));
    PromotionReport p;
    p.request = request(bench, evidence);
    p.card = QStringLiteral("# tiny\n\nPredicts the number **y**.\n");
    const QByteArray html = promotionReportHtml(frame(), p);
    const Parsed page = parsed(html);
    QVERIFY2(page.whole, qPrintable(page.problem));
    QCOMPARE(page.headings, (QStringList{QStringLiteral("Evidence report: tiny v4 to champion"), QStringLiteral("Gates"), QStringLiteral("Both models on the same rows"), QStringLiteral("Slices, by ") + evidence.selectMetric,
                                         QStringLiteral("Where the candidate comes from"), QStringLiteral("Approvals"), QStringLiteral("Journal"), QStringLiteral("Model card of v4"), QStringLiteral("How to check this")}));
    for (const QString &wanted : {evidence.sentence, QStringLiteral("better on every month"), QStringLiteral("2024-05-01 12:00:00 UTC"), QStringLiteral("carried out"), QStringLiteral("p-12345678"), QStringLiteral("7 lines chain.")})
        QVERIFY2(page.text.contains(wanted), qPrintable(wanted));
    for (const auto &gate : evidence.gates)
        QVERIFY2(page.text.contains(gate.rule), qPrintable(gate.rule));
    for (const auto &metric : evidence.metrics)
        QVERIFY2(page.text.contains(metric.metric), qPrintable(metric.metric));
    QVERIFY(page.text.contains(evidence.candidateDigest.left(32)) && page.text.contains(evidence.candidateDigest.mid(32)));
    QCOMPARE(html.count("<svg"), 2); // changes with intervals, and the errors' distribution
    QVERIFY(page.rows > int(evidence.gates.size() + evidence.metrics.size() + evidence.slices.size()));
}

void TestEvidenceReport::theSameInputGivesTheSameBytes() {
    test::EvidenceBench bench;
    PromotionReport p;
    p.request = request(bench, bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5))));
    const QByteArray once = promotionReportHtml(frame(), p);
    QCOMPARE(promotionReportHtml(frame(), p), once);
    promotion::Request again = p.request; // also as it comes back from the database
    again.evidence = *promotion::Evidence::fromJson(*parseJsonObject(canonicalJson(p.request.evidence.toJson()), QString()));
    PromotionReport q;
    q.request = again;
    QCOMPARE(promotionReportHtml(frame(), q), once);
}

void TestEvidenceReport::whatWasWrittenByOthersIsTextAndNothingElse() {
    test::EvidenceBench bench;
    promotion::Evidence e = bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5)));
    e.gates.push_back({nasty, nasty, nasty, promotion::GateState::Warn});
    e.sentence = e.disagreement = e.problem = e.rowsFrom = nasty;
    e.lineage = {{QStringLiteral("data"), QJsonObject{{nasty, nasty}}}};
    e.slices.front().name = nasty;
    e.metrics.front().unit = nasty;
    PromotionReport p;
    p.request = request(bench, e);
    p.request.model = p.request.requester = p.request.outcome = nasty;
    p.request.approvals = {{nasty, nasty, true, at(12)}};
    p.card = QStringLiteral("# ") + nasty + QStringLiteral("\n- ") + nasty + QStringLiteral("\n|a|b|\n|---|---|\n|") + nasty + QStringLiteral("|**") + nasty + QStringLiteral("**|\n![x](http://foreign/x.png) <img src=\"http://foreign\">\n");
    p.championCard = QStringLiteral("other ") + nasty;
    operations::JournalEntry line;
    line.sequence = 3;
    line.actor = line.kind = line.operation = line.hash = nasty;
    line.phase = QStringLiteral("executing");
    line.details = {{QStringLiteral("summary"), nasty}};
    p.lines = {line};
    const QByteArray html = promotionReportHtml(frame(), p);
    const Parsed page = parsed(html);
    QVERIFY2(page.whole, qPrintable(page.problem));
    QVERIFY(!page.elements.contains(QStringLiteral("script")) && !page.elements.contains(QStringLiteral("img")) && !page.elements.contains(QStringLiteral("a")));
    QVERIFY(page.text.contains(QStringLiteral("<script>alert('x')</script> & \"quoted\" %1 %2 ]]>"))); // as it was written
    QVERIFY(page.text.contains(QStringLiteral("温度")));
}

void TestEvidenceReport::nothingForeignIsInIt() {
    test::EvidenceBench bench;
    PromotionReport p;
    p.request = request(bench, bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5))));
    const QString html = QString::fromUtf8(promotionReportHtml(frame(), p));
    static const QRegularExpression foreign(QStringLiteral("https?://|//[a-z]|@import|url\\(|<script|<link|<iframe|<object|\\son[a-z]+="), QRegularExpression::CaseInsensitiveOption);
    const auto match = foreign.match(html);
    QVERIFY2(!match.hasMatch(), qPrintable(match.captured()));
}

void TestEvidenceReport::aReportOfARealPromotionHoldsItsJournalAndItsDigest() {
    QTemporaryDir folder;
    test::PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    promotion::Evidence sheet = b.evidence(2);
    sheet.gates.back() = {QStringLiteral("Approvals, 1 needed"), QString(), QStringLiteral("0 of 1"), promotion::GateState::Waits};
    const auto asked = test::PromotionBench::must(b.promotions(QStringLiteral("ada"))->request(QStringLiteral("t2m"), 2, champion, sheet));
    const auto done = test::PromotionBench::must(b.promotions(QStringLiteral("ben"))->approve(asked.id, QStringLiteral("error halves in gusts")));
    Services s;
    s.workspace = b.workspace;
    s.root = b.root;
    s.clock = b.clock;
    s.database = b.database;
    s.registry = b.registry;
    s.registries = std::make_shared<Registries>(b.workspace, b.registry, nullptr, nullptr, b.root);
    s.journal = b.journal;
    s.promotions = b.promotions(QStringLiteral("ada"));
    s.rolloutTarget = [target = b.target](const workspace::Model &) -> Result<std::shared_ptr<cluster::RolloutTarget>> { return std::shared_ptr<cluster::RolloutTarget>(target); };
    const auto html = promotionReport(s, done.id);
    QVERIFY2(html.has_value(), html.has_value() ? "" : qPrintable(html.error().text()));
    const Parsed page = parsed(*html);
    QVERIFY2(page.whole, qPrintable(page.problem));
    QVERIFY2(page.text.contains(QStringLiteral("the same as the journal holds of the asking")), qPrintable(page.text));
    QVERIFY(page.headings.contains(QStringLiteral("Carried out: Promote t2m version 2 to champion, then roll it out on serving/t2m")));
    QVERIFY(page.headings.contains(QStringLiteral("What differs from the champion's card")));
    QVERIFY(page.text.contains(QStringLiteral("SET alias champion on t2m")) && page.text.contains(QStringLiteral("back to v1")));
    const auto entries = test::PromotionBench::must(b.journal->entries());
    int hashes = 0;
    for (const auto &e : entries)
        hashes += page.text.contains(e.hash.left(32));
    QCOMPARE(hashes, 6); // asked, approved, promoted: begun and ended
    QCOMPARE(promotionReport(s, QStringLiteral("p-none")).error().kind, ErrorKind::NotFound);
    QCOMPARE(test::PromotionBench::must(promotionReport(s, done.operation)), *html); // by its operation, too
}

void TestEvidenceReport::aChangedEvidenceIsFound() {
    test::EvidenceBench bench;
    PromotionReport p;
    p.request = request(bench, bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5))));
    operations::JournalEntry line;
    line.sequence = 3;
    line.kind = QStringLiteral("promotion-request");
    line.phase = QStringLiteral("executing");
    line.details = {{QStringLiteral("evidence"), digestAsAsked(p.request)}};
    p.lines = {line};
    QVERIFY(parsed(promotionReportHtml(frame(), p)).text.contains(QStringLiteral("✓ the same as the journal")));
    p.request.evidence.metrics.front().candidate += 1e-9;
    QVERIFY(parsed(promotionReportHtml(frame(), p)).text.contains(QStringLiteral("✕ not the same as the journal")));
}

void TestEvidenceReport::aModelOverATimeHoldsItsPromotions() {
    test::EvidenceBench bench;
    PromotionReport p;
    p.request = request(bench, bench.evidence(bench.version(4, bench.model(2)), bench.version(3, bench.model(1.5))));
    History h;
    h.model = QStringLiteral("tiny");
    h.alias = champion;
    h.source = QStringLiteral("local");
    h.read = at(18);
    h.live = {{4, at(12), {}, QStringLiteral("ben"), QStringLiteral("better"), p.request.operation, p.request.id, false}, {3, at(2), at(12), {}, {}, {}, {}, true}};
    Change c;
    c.time = at(12);
    c.kind = ChangeKind::Promoted;
    c.what = QStringLiteral("Promote tiny version 4");
    c.source = QStringLiteral("journal line 6");
    h.changes = {c};
    const QByteArray html = modelReportHtml(frame(), h, at(1), at(17), {p});
    const Parsed page = parsed(html);
    QVERIFY2(page.whole, qPrintable(page.problem));
    QCOMPARE(page.headings.mid(0, 4), (QStringList{QStringLiteral("Evidence report: model tiny"), QStringLiteral("What was live when"), QStringLiteral("Every change"), QStringLiteral("Promotion p-12345678: v4 to champion")}));
    QVERIFY(page.text.contains(QStringLiteral("outside Pilothouse")));
    QVERIFY(page.text.contains(QStringLiteral("2024-05-01 01:00:00 UTC")));
    QCOMPARE(html.count("<svg"), 3);
    // A time without anything is said to be one.
    const Parsed empty = parsed(modelReportHtml(frame(), h, at(1).addDays(-9), at(1).addDays(-8), {}));
    QVERIFY(empty.whole);
    QVERIFY(empty.text.contains(QStringLiteral("Nothing was changed in this time.")));
}

void TestEvidenceReport::aModelCardsMarkdownBecomesTables() {
    const QString html = report::markdownHtml(QStringLiteral("## Data\n\nTrained on **all** of `x.csv`,\nevery row.\n\n| metric | test |\n|---|---:|\n| a\\|b | 1 |\n\n- one\n- two\n"));
    QVERIFY(html.contains(QStringLiteral("<h3>Data</h3>")));
    QVERIFY(html.contains(QStringLiteral("<p>Trained on <b>all</b> of <span class=\"mono\">x.csv</span>, every row.</p>")));
    QVERIFY(html.contains(QStringLiteral("<td>a|b</td>")));
    QCOMPARE(html.count(QStringLiteral("<li>")), 2);
    QCOMPARE(html.count(QStringLiteral("<tr>")), 2);
}

void TestEvidenceReport::aBlockedFirstPromotionIsReported() {
    promotion::Evidence e; // nothing could be scored
    e.model = QStringLiteral("tiny");
    e.candidateVersion = 4;
    e.baseline = QStringLiteral("mean");
    e.problem = QStringLiteral("The champion's package cannot be opened.");
    PromotionReport p;
    test::EvidenceBench bench;
    p.request = request(bench, e);
    p.request.state = promotion::RequestState::Pending;
    p.request.approvals.clear();
    p.request.decided = {};
    const Parsed page = parsed(promotionReportHtml(frame(), p));
    QVERIFY2(page.whole, qPrintable(page.problem));
    QVERIFY(page.text.contains(QStringLiteral("No gate was judged")) && page.text.contains(QStringLiteral("Nobody has decided yet.")) && page.text.contains(e.problem));
}

QTEST_GUILESS_MAIN(TestEvidenceReport)
#include "tst_evidence_report.moc"
