// SPDX-License-Identifier: GPL-3.0-or-later
// Signed approvals: what counts, what is void, and what two machines with their own databases and keychains see of it on one registry.
#include "core/promotion/approval_tags.h"
#include "core/promotion/signed_statement.h"
#include "promotion_bench.h"
#include "tests/support/team_registry.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::promotion;
using test::PromotionBench;
using workspace::Role;

namespace {

const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), ada = QStringLiteral("ada"), ben = QStringLiteral("ben"), cleo = QStringLiteral("cleo");
const QString yes = QStringLiteral("error halves in gusts");

template<class T>
T must(Result<T> result) {
    return PromotionBench::must(std::move(result));
}
void must(Result<void> result) { PromotionBench::must(std::move(result)); }

/// One machine: its own folder, database, journal, clock and keychain.
struct Machine {
    QTemporaryDir folder;
    PromotionBench bench;

    explicit Machine(const QByteArray &promotion = "approvals: 2") : bench(folder.path(), promotion) {
        bench.keychain = secrets::memoryStore();
        must(bench.database->execute(QStringLiteral("PRAGMA synchronous = OFF"))); // many machines are made here, and none is switched off
    }
    QString key(const QString &actor) {
        const QString secret = newApprovalKeySecret();
        must(bench.keychain->write(approvalKeySecret(actor), secret));
        return must(publicKeyOfSecret(secret));
    }
    std::shared_ptr<Promotions> as(const QString &actor, Role role = Role::Approver) { return bench.promotions(actor, role, false); }
    Approval voice(const QString &id, const QString &actor = ben) {
        for (const Approval &a : must(as(cleo)->requestById(id)).approvals)
            if (a.actor == actor)
                return a;
        return {QStringLiteral("nobody"), {}, true, {}};
    }
};

/// All with a key on one machine, in the local registry; ada asked for version 1.
struct Office : Machine {
    QString id;
    explicit Office(const QByteArray &promotion = "approvals: 2", int versions = 1) : Machine(promotion) {
        for (const QString &who : {ada, ben, cleo})
            bench.workspace.approvers.insert(who, key(who));
        bench.versions(versions);
        id = must(as(ada)->request(t2m, 1, champion, bench.evidence(1))).id;
    }
};

/// Two machines on one registry, each with the key of one approver; the workspace names both.
struct Team {
    Machine one, two;
    std::shared_ptr<test::TeamRegistry> registry;
    explicit Team(int versions = 1) : one(), two() {
        one.bench.versions(versions);
        registry = std::make_shared<test::TeamRegistry>(one.bench.registry);
        one.bench.registry = two.bench.registry = registry;
        const QString adas = one.key(ada), bens = two.key(ben);
        for (Machine *m : {&one, &two})
            m->bench.workspace.approvers = {{ada, adas}, {ben, bens}};
    }
    QMap<QString, QString> tags(int version = 1) { return must(registry->version(t2m, version)).tags; }
    /// A tag with one field of its JSON put to another value.
    void editTag(const QString &key, const QStringList &path, const QJsonValue &value) {
        QJsonObject object = QJsonDocument::fromJson(tags().value(key).toUtf8()).object();
        if (path.size() == 1) {
            object.insert(path[0], value);
        } else {
            QJsonObject inner = object.value(path[0]).toObject();
            inner.insert(path[1], value);
            object.insert(path[0], inner);
        }
        must(registry->setVersionTag(t2m, 1, key, QString::fromUtf8(canonicalJson(object))));
    }
};

SignedStatement statement() {
    SignedStatement s;
    s.workspace = QStringLiteral("weather");
    s.request = QStringLiteral("p-0a1b2c3d");
    s.registry = QStringLiteral("prod-registry");
    s.model = t2m;
    s.alias = champion;
    s.version = 4;
    s.from = 3;
    s.digest = QString(64, QLatin1Char('d'));
    s.evidence = QString(64, QLatin1Char('e'));
    s.decision = Decision::Approve;
    s.requester = ada;
    s.actor = ben;
    s.comment = QStringLiteral("“ü”\nline two");
    s.time = fromIsoUtc(QStringLiteral("2024-05-01T10:00:00.123Z"));
    s.expires = fromIsoUtc(QStringLiteral("2024-05-08T10:00:00.123Z"));
    return s;
}

/// Values that each field of a statement's JSON may be edited to.
const std::vector<std::pair<QString, QJsonValue>> &edits() {
    static const std::vector<std::pair<QString, QJsonValue>> all{
        {QStringLiteral("workspace"), QStringLiteral("other")}, {QStringLiteral("request"), QStringLiteral("p-ffffffff")}, {QStringLiteral("registry"), QStringLiteral("prod")}, {QStringLiteral("model"), QStringLiteral("rain")},
        {QStringLiteral("alias"), QStringLiteral("shadow")}, {QStringLiteral("version"), 2}, {QStringLiteral("from"), 7}, {QStringLiteral("digest"), QString(64, QLatin1Char('0'))},
        {QStringLiteral("evidence"), QString(64, QLatin1Char('1'))}, {QStringLiteral("decision"), QStringLiteral("reject")}, {QStringLiteral("requester"), cleo},
        {QStringLiteral("actor"), cleo}, {QStringLiteral("comment"), QStringLiteral("something else")}, {QStringLiteral("time"), QStringLiteral("2024-05-01T10:00:01.000Z")},
        {QStringLiteral("expires"), QStringLiteral("2034-05-01T10:00:00.000Z")}, {QStringLiteral("key"), QStringLiteral("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")},
        {QStringLiteral("signature"), QString::fromLatin1(QByteArray(64, 's').toBase64())}};
    return all;
}

} // namespace

#define VERIFY_KIND(wanted, ...)                                                                                       \
    do {                                                                                                               \
        const auto phOutcome = (__VA_ARGS__);                                                                          \
        QVERIFY2(!phOutcome.has_value(), "an error was expected");                                                     \
        QVERIFY2(phOutcome.error().kind == (wanted), qPrintable(phOutcome.error().kindName() + QLatin1Char(' ') + phOutcome.error().text())); \
    } while (false)

#define VERIFY_HAS(text, part) QVERIFY2((text).contains(QStringLiteral(part)), qPrintable(text))

class TestApprovals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSignedTextIsCanonical() {
        SignedStatement s = statement();
        QCOMPARE(s.signedText(),
                 QByteArray("pilothouse approval 1\n{\"actor\":\"ben\",\"alias\":\"champion\",\"comment\":\"“ü”\\nline two\",\"decision\":\"approve\",\"digest\":\"") + QByteArray(64, 'd') +
                     "\",\"evidence\":\"" + QByteArray(64, 'e') + "\",\"expires\":\"2024-05-08T10:00:00.123Z\",\"from\":3,\"key\":\"\",\"model\":\"t2m\",\"registry\":\"prod-registry\",\"request\":\"p-0a1b2c3d\",\"requester\":\"ada\","
                     "\"time\":\"2024-05-01T10:00:00.123Z\",\"version\":4,\"workspace\":\"weather\"}");
        s.from.reset();
        s.expires = {};
        QVERIFY(s.signedText().contains("\"expires\":null,\"from\":null"));
    }

    void aSignatureHoldsForWhatWasSignedOnly() {
        const auto keychain = secrets::memoryStore({{approvalKeySecret(ben), newApprovalKeySecret()}});
        SignedStatement s = statement();
        must(sign(s, *keychain));
        QVERIFY(s.holds());
        QCOMPARE(s.key, must(approvalKey(*keychain, ben)));
        const QJsonObject whole = s.toJson();
        QVERIFY(must(SignedStatement::fromJson(whole, {})).holds());
        QCOMPARE(whole.size(), qsizetype(edits().size())); // a new field needs its edit here
        for (const auto &[field, value] : edits()) {
            QJsonObject edited = whole;
            QVERIFY2(edited.contains(field) && edited.value(field) != value, qPrintable(field));
            edited.insert(field, value);
            QVERIFY2(!must(SignedStatement::fromJson(edited, {})).holds(), qPrintable(field));
            edited.remove(field);
            QVERIFY2(!SignedStatement::fromJson(edited, {}), qPrintable(field));
        }
    }

    void aKeyThatIsNoneIsSaidWithoutItsText() {
        for (const char *text : {"topsecret", "ed25519-private:AAAA", "ed25519-private:!!!!"}) {
            const auto key = approvalKey(*secrets::memoryStore({{approvalKeySecret(ben), QString::fromLatin1(text)}}), ben);
            QVERIFY(!key && key.error().kind == ErrorKind::Invalid);
            QVERIFY(!(key.error().text() + key.error().raw).contains(QString::fromLatin1(text)));
        }
        VERIFY_KIND(ErrorKind::NotFound, approvalKey(*secrets::memoryStore(), ben));
    }

    void twoSignedApprovalsCarryItOut() {
        Office o;
        const Request first = must(o.as(ben)->approve(o.id, yes));
        QCOMPARE(first.state, RequestState::Pending);
        QCOMPARE(first.approved(), 1);
        QVERIFY(first.signing);
        QCOMPARE(first.notSigned(), QString());
        QVERIFY(first.doubt.isEmpty());
        const Approval a = o.voice(o.id);
        QCOMPARE(a.standing, Approval::Standing::Signed);
        QCOMPARE(a.key, o.bench.workspace.approvers.value(ben));
        QCOMPARE(isoUtc(a.expires), QStringLiteral("2024-05-08T10:00:00.000Z"));
        VERIFY_KIND(ErrorKind::Refused, o.as(ben)->approve(o.id, yes));
        QCOMPARE(must(o.as(cleo)->approve(o.id, yes)).state, RequestState::Done);
        QCOMPARE(o.bench.champion(), 1);
        QVERIFY(must(o.bench.registry->version(t2m, 1)).tags.isEmpty()); // the local registry needs no tags
        o.bench.clock->advance(100 * 86400); // decided is decided
        QCOMPARE(must(o.as(cleo)->requestById(o.id)).approved(), 2);
    }

    void whoHasNoKeyHereCannotApprove() {
        Office o;
        const auto unknown = o.as(QStringLiteral("dora"))->approve(o.id, yes);
        VERIFY_KIND(ErrorKind::Refused, unknown);
        VERIFY_HAS(unknown.error().text(), "names no public key of dora");
        must(o.bench.keychain->remove(approvalKeySecret(ben)));
        const auto lost = o.as(ben)->approve(o.id, yes);
        VERIFY_KIND(ErrorKind::NotFound, lost);
        VERIFY_HAS(lost.error().text(), "pilot approvals key --new");
        (void)o.key(ben); // a new one that nobody named
        const auto other = o.as(ben)->approve(o.id, yes);
        VERIFY_KIND(ErrorKind::Refused, other);
        VERIFY_HAS(other.error().text(), "another than the workspace names for ben");
        o.bench.keychain.reset();
        VERIFY_KIND(ErrorKind::Refused, o.as(ben)->approve(o.id, yes));
        QCOMPARE(must(o.as(cleo)->requestById(o.id)).approvals.size(), std::size_t(0));
        VERIFY_HAS(o.bench.journalText(), "approve refused ben");
    }

    void withoutApproversNothingIsSignedAndThatIsSaid() {
        Machine m;
        m.bench.versions(1);
        const QString id = must(m.as(ada)->request(t2m, 1, champion, m.bench.evidence(1))).id;
        const Request r = must(m.as(ben)->approve(id, yes));
        QCOMPARE(r.notSigned(), QStringLiteral("not signed: the workspace names no approvers"));
        QCOMPARE(r.approvals.front().standing, Approval::Standing::Unsigned);
        QCOMPARE(r.approved(), 1);
        // As soon as it names some, what is not signed does not count.
        m.bench.workspace.approvers = {{ben, m.key(ben)}, {cleo, m.key(cleo)}};
        const Approval a = m.voice(id);
        QCOMPARE(a.standing, Approval::Standing::Void);
        VERIFY_HAS(a.reason, "not signed");
        QCOMPARE(must(m.as(cleo)->approve(id, yes)).state, RequestState::Pending);
        QCOMPARE(must(m.as(ben)->approve(id, yes)).state, RequestState::Done); // he says it again, signed
    }

    void editedRowsAreVoid_data() {
        QTest::addColumn<QString>("edit");
        const auto row = [](const QString &name, const QString &edit) { QTest::newRow(qPrintable(name)) << edit; };
        for (const char *edit : {"comment = 'other'", "approved = 0", "time = '2024-05-01T10:00:01.000Z'", "actor = 'cleo'", "actor = 'dora'"})
            row(QStringLiteral("approvals: ") + QLatin1String(edit), QStringLiteral("UPDATE approvals SET ") + QLatin1String(edit));
        for (const char *edit : {"connection = 'prod'", "alias = 'shadow'", "version = 2", "from_version = 2", "digest = 'abc'", "requester = 'cleo'", "requester = 'dora'", "id = 'p-ffffffff'",
                                 "evidence = replace(evidence, '\"rows\":0', '\"rows\":9')"})
            row(QStringLiteral("promotions: ") + QLatin1String(edit), QStringLiteral("UPDATE promotions SET ") + QLatin1String(edit));
        for (const auto &[field, value] : edits()) {
            const QString text = value.isString() ? QLatin1Char('\'') + value.toString() + QLatin1Char('\'') : QString::number(value.toInt());
            row(QStringLiteral("statement: ") + field, QStringLiteral("UPDATE approval_statements SET statement = json_set(statement, '$.%1', %2) WHERE asks = 0").arg(field, text));
        }
        row(QStringLiteral("the statement is gone"), QStringLiteral("DELETE FROM approval_statements WHERE asks = 0"));
        row(QStringLiteral("the statement is another's"), QStringLiteral("UPDATE approval_statements SET actor = 'cleo' WHERE asks = 0"));
        row(QStringLiteral("the statement is no JSON"), QStringLiteral("UPDATE approval_statements SET statement = '{' WHERE asks = 0"));
    }

    void editedRowsAreVoid() {
        QFETCH(QString, edit);
        Office o;
        must(o.as(ben)->approve(o.id, yes));
        QCOMPARE(o.voice(o.id).standing, Approval::Standing::Signed);
        must(o.bench.database->execute(QStringLiteral("PRAGMA foreign_keys = OFF")));
        QVERIFY(must(o.bench.database->execute(edit)) == 1);
        const auto all = must(o.as(cleo)->requests());
        const Request &r = all.front();
        QCOMPARE(r.approved(), 0);
        for (const Approval &a : r.approvals) {
            QCOMPARE(a.standing, Approval::Standing::Void);
            QVERIFY(!a.reason.isEmpty());
        }
        (void)o.as(cleo)->approve(r.id, yes); // the second voice of two
        QCOMPARE(o.bench.champion(), 0);
        QVERIFY(must(o.as(cleo)->requests()).front().state == RequestState::Pending);
    }

    void lessThanTheWorkspaceAsksForIsNotEnough() {
        Office o("approvals: 2, prevent_self_approval: true");
        must(o.bench.database->execute(QStringLiteral("UPDATE promotions SET approvals_needed = 1, prevent_self_approval = 0")));
        QCOMPARE(must(o.as(ben)->approve(o.id, yes)).state, RequestState::Pending);
        VERIFY_KIND(ErrorKind::Refused, o.as(ada)->approve(o.id, yes));
        QCOMPARE(must(o.as(cleo)->approve(o.id, yes)).state, RequestState::Done);
    }

    void aRequestThatSaysAnotherAskedIsFound() {
        Office o("approvals: 1, prevent_self_approval: true");
        must(o.bench.database->execute(QStringLiteral("UPDATE promotions SET requester = 'ben'")));
        const auto r = o.as(ada)->approve(o.id, yes); // ada asked
        VERIFY_KIND(ErrorKind::Refused, r);
        VERIFY_HAS(r.error().text(), "says that ben asked, and is not signed");
        QCOMPARE(o.bench.champion(), 0);
    }

    void approvalsExpire() {
        Office o("approvals: 2, approval_expires: 36h");
        must(o.as(ben)->approve(o.id, yes));
        o.bench.clock->advance(36 * 3600 - 1);
        QCOMPARE(o.voice(o.id).standing, Approval::Standing::Signed);
        o.bench.clock->advance(1);
        QCOMPARE(o.voice(o.id).standing, Approval::Standing::Void);
        VERIFY_HAS(o.voice(o.id).reason, "expired at 2024-05-02T22:00:00.000Z");
        QCOMPARE(must(o.as(cleo)->approve(o.id, yes)).state, RequestState::Pending);
        QCOMPARE(must(o.as(ben)->approve(o.id, yes)).state, RequestState::Done);
    }

    void theShorterLifeOfTwoHolds() {
        Office o("approvals: 2, approval_expires: 30d");
        must(o.as(ben)->approve(o.id, yes));
        o.bench.workspace.models.front().promotion.approvalExpires = QStringLiteral("1h");
        o.bench.clock->advance(3601);
        VERIFY_HAS(o.voice(o.id).reason, "expired at 2024-05-01T11:00:00.000Z");
        o.bench.workspace.models.front().promotion.approvalExpires = QStringLiteral("90d");
        o.bench.clock->advance(31 * 86400);
        VERIFY_HAS(o.voice(o.id).reason, "expired at 2024-05-31T10:00:00.000Z");
    }

    void oneKeyUnderTwoNamesIsOneVoice() {
        Office o;
        o.bench.workspace.approvers.insert(cleo, o.bench.workspace.approvers.value(ben));
        must(o.bench.keychain->write(approvalKeySecret(cleo), must(o.bench.keychain->read(approvalKeySecret(ben)))));
        must(o.as(ben)->approve(o.id, yes));
        o.bench.clock->advance(1);
        const auto second = o.as(cleo)->approve(o.id, yes);
        VERIFY_KIND(ErrorKind::Refused, second);
        VERIFY_HAS(second.error().text(), "the same key as that of ben");
        QCOMPARE(o.bench.champion(), 0);
    }

    void oneselfUnderAnotherNameIsOneself() {
        Office o("approvals: 1, prevent_self_approval: true");
        o.bench.workspace.approvers.insert(cleo, o.bench.workspace.approvers.value(ada));
        must(o.bench.keychain->write(approvalKeySecret(cleo), must(o.bench.keychain->read(approvalKeySecret(ada)))));
        VERIFY_KIND(ErrorKind::Refused, o.as(ada)->approve(o.id, yes));
        const auto self = o.as(cleo)->approve(o.id, yes);
        VERIFY_KIND(ErrorKind::Refused, self);
        VERIFY_HAS(self.error().text(), "may not approve it");
        QCOMPARE(must(o.as(ben)->approve(o.id, yes)).state, RequestState::Done);
    }

    void anAliasThatMovedVoidsThem() {
        Office o("approvals: 2", 2);
        must(o.as(ben)->approve(o.id, yes));
        must(o.bench.registry->moveAlias(t2m, champion, std::nullopt, 2, {QStringLiteral("zoe"), {}}));
        const Approval a = o.voice(o.id);
        QCOMPARE(a.standing, Approval::Standing::Void);
        VERIFY_HAS(a.reason, "the alias champion moved since: it was none, it is v2 now");
        VERIFY_KIND(ErrorKind::Conflict, o.as(cleo)->approve(o.id, yes));
        QCOMPARE(o.bench.champion(), 2);
    }

    void aPackageThatChangedVoidsThem() {
        Office o;
        must(o.as(ben)->approve(o.id, yes));
        must(o.bench.database->execute(QStringLiteral("UPDATE versions SET digest = 'f00' WHERE version = 1")));
        VERIFY_HAS(o.voice(o.id).reason, "the package changed since");
        (void)o.as(cleo)->approve(o.id, yes);
        QCOMPARE(o.bench.champion(), 0);
    }

    /// A row put to "executing" by hand, with the alias moved by hand: the next program takes it back instead of finishing it.
    void whatNobodyApprovedIsNotFinished() {
        Office o;
        must(o.as(ben)->approve(o.id, yes));
        const QString undo = QStringLiteral("{\"alias\":\"champion\",\"digest\":\"x\",\"from\":null,\"model\":\"t2m\",\"previous_before\":null,\"request\":\"%1\",\"set_previous\":false,\"stable_revision\":null,"
                                            "\"stable_version\":null,\"steps\":[],\"target\":\"\",\"to\":1}").arg(o.id);
        must(o.bench.database->execute(QStringLiteral("UPDATE promotions SET state = 'executing', doing = 'promote', state_before = 'pending', operation = 'op-1', undo_record = ?1"),
                                       [&](Statement &s) { s.bind(1, undo); }));
        must(o.bench.registry->moveAlias(t2m, champion, std::nullopt, 1, {QStringLiteral("zoe"), {}}));
        (void)o.as(cleo);
        VERIFY_HAS(o.bench.found.join(QLatin1Char(' ')), "its approvals do not hold");
        QCOMPARE(o.bench.champion(), 0);
        QCOMPARE(must(o.as(cleo)->requestById(o.id)).state, RequestState::Undone);
    }

    void aRequestTravelsWithItsApprovals() {
        Team team;
        const Evidence evidence = team.one.bench.evidence(1);
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, evidence)).id;
        must(team.one.as(ada)->approve(id, yes));
        QCOMPARE(team.tags().value(openRequestTag), openRequestWord);
        for (const QString &value : team.tags())
            QVERIFY(value.size() <= tagCharacters);

        const auto seen = team.two.as(ben, Role::Viewer);
        QCOMPARE(must(seen->requests()).size(), std::size_t(0));
        QCOMPARE(must(seen->gather()), QStringList());
        QCOMPARE(must(seen->gather()), QStringList()); // twice is once
        const auto all = must(seen->requests());
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(all.front().id, id);
        QCOMPARE(all.front().requester, ada);
        QCOMPARE(all.front().evidenceDigest, evidence.digest());
        QCOMPARE(all.front().approvals.size(), std::size_t(1));
        QCOMPARE(all.front().approvals.front().standing, Approval::Standing::Signed);
        QCOMPARE(all.front().approvals.front().comment, yes);

        QCOMPARE(must(team.two.as(ben)->approve(id, yes)).state, RequestState::Done);
        QCOMPARE(team.one.bench.champion(), 1);
        QCOMPARE(team.tags().value(openRequestTag), decidedRequestWord);
        QCOMPARE(must(team.one.as(ada)->requestById(id)).state, RequestState::Pending);
        must(team.one.as(ada)->gather());
        const Request done = must(team.one.as(ada)->requestById(id));
        QCOMPARE(done.state, RequestState::Done);
        VERIFY_HAS(done.outcome, "By ben, on another machine");
        QCOMPARE(done.approved(), 2);
        VERIFY_KIND(ErrorKind::Refused, team.one.as(ada)->undo(id, {}));
        must(team.two.as(ben)->undo(id, QStringLiteral("no good")));
        must(team.one.as(ada)->gather());
        QCOMPARE(team.one.bench.champion(), 0);
        VERIFY_HAS(team.two.bench.journalText(), "promotion-request note ben; approve note ben; approve executing ben");
    }

    /// The first machine gives the last voice: it hears of the other one's when it approves.
    void theLastVoiceHearsTheOthers() {
        Team team;
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        must(team.two.as(ben)->gather());
        QCOMPARE(must(team.two.as(ben)->approve(id, yes)).state, RequestState::Pending);
        QCOMPARE(must(team.one.as(ada)->approve(id, yes)).state, RequestState::Done);
        QCOMPARE(team.two.bench.champion(), 1);
    }

    void aRejectionTravels() {
        Team team;
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        must(team.two.as(ben)->gather());
        QCOMPARE(must(team.two.as(ben)->reject(id, QStringLiteral("worse at night"))).state, RequestState::Rejected);
        VERIFY_KIND(ErrorKind::Refused, team.one.as(ada)->approve(id, yes));
        QCOMPARE(must(team.one.as(ada)->requestById(id)).state, RequestState::Rejected);
        const QString again = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        QVERIFY(again != id);
        QCOMPARE(team.tags().value(openRequestTag), openRequestWord);
    }

    void editedTagsAreVoid_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        for (const auto &[field, value] : edits())
            QTest::newRow(qPrintable(field)) << field << value;
    }

    void editedTagsAreVoid() {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        Team team;
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        must(team.one.as(ada)->approve(id, yes));
        const QString key = QStringLiteral("pilothouse.approval.%1.ada").arg(id);
        QVERIFY(team.tags().contains(key));
        team.editTag(key, {field}, value);
        const QStringList problems = must(team.two.as(ben)->gather());
        const Request r = must(team.two.as(ben)->requestById(id));
        QCOMPARE(r.approved(), 0);
        QVERIFY(!problems.isEmpty() || (r.approvals.size() == 1 && r.approvals.front().standing == Approval::Standing::Void && !r.approvals.front().reason.isEmpty()));
        (void)team.two.as(ben)->approve(id, yes);
        QCOMPARE(team.one.bench.champion(), 0);
    }

    void editedRequestTagsAreNotTakenIn_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        for (const auto &[field, value] : edits())
            QTest::newRow(qPrintable(field)) << field << value;
        QTest::newRow("the evidence") << QString() << QJsonValue();
    }

    void editedRequestTagsAreNotTakenIn() {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        Team team;
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        if (field.isEmpty()) {
            Evidence other = team.one.bench.evidence(1);
            other.sentence = QStringLiteral("it is wonderful");
            Request forged;
            forged.id = id;
            forged.evidence = other;
            must(team.registry->setVersionTag(t2m, 1, QStringLiteral("pilothouse.evidence.%1.1").arg(id), must(requestTags(forged, {})).value(QStringLiteral("pilothouse.evidence.%1.1").arg(id))));
        } else {
            team.editTag(QStringLiteral("pilothouse.request.") + id, {QStringLiteral("ask"), field}, value);
        }
        const QStringList problems = must(team.two.as(ben)->gather());
        QCOMPARE(problems.size(), 1);
        QVERIFY2(problems.front().contains(QStringLiteral("not taken in")), qPrintable(problems.front()));
        QCOMPARE(must(team.two.as(ben)->requests()).size(), std::size_t(0));
    }

    void aRequestOfNobodyIsNotTakenIn() {
        Team team(2);
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        team.two.bench.workspace.approvers.remove(ada);
        VERIFY_HAS(must(team.two.as(ben)->gather()).join(QString()), "names no key of ada");
        team.one.bench.workspace.approvers.remove(ada);
        must(team.one.as(ben)->requestById(id));
        const auto asked = team.one.as(ada)->request(t2m, 2, champion, team.one.bench.evidence(2));
        VERIFY_KIND(ErrorKind::Refused, asked);
        VERIFY_HAS(asked.error().text(), "pilot approvals add ada");
        QVERIFY(team.tags(2).isEmpty());
    }

    void aClockThatRunsAheadIsRefused() {
        Team team;
        team.one.bench.clock->advance(4 * 60);
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        must(team.two.as(ben)->gather());
        QCOMPARE(must(team.two.as(ben)->requests()).size(), std::size_t(1)); // clocks differ by some minutes
        team.one.bench.clock->advance(6 * 60);
        must(team.one.as(ada)->approve(id, yes));
        must(team.two.as(ben)->gather());
        const Approval a = team.two.voice(id, ada);
        QCOMPARE(a.standing, Approval::Standing::Void);
        VERIFY_HAS(a.reason, "dated 10 min in the future: the clock of the machine where it was given, or of this one, is wrong");
    }

    void whatCannotBeToldIsNotKept() {
        Team team;
        team.registry->writesFail = true;
        VERIFY_KIND(ErrorKind::Unreachable, team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1)));
        QCOMPARE(must(team.one.as(ada)->requests()).size(), std::size_t(0));
        team.registry->writesFail = false;
        const QString id = must(team.one.as(ada)->request(t2m, 1, champion, team.one.bench.evidence(1))).id;
        team.registry->writesFail = true;
        VERIFY_KIND(ErrorKind::Unreachable, team.one.as(ada)->approve(id, yes));
        team.registry->writesFail = false;
        VERIFY_KIND(ErrorKind::Invalid, team.one.as(ada)->approve(id, QString(5000, QLatin1Char('x')))); // does not fit into a tag
        const Request r = must(team.one.as(ada)->requestById(id));
        QCOMPARE(r.approvals.size(), std::size_t(0));
        QCOMPARE(r.approved(), 0);
        must(team.one.as(ada)->approve(id, yes));
        QCOMPARE(must(team.one.as(ada)->requestById(id)).approved(), 1);
    }

    /// Names that MLflow takes in no key, and different names under different keys.
    void namesBecomeTagKeys() {
        SignedStatement s = statement();
        QStringList keys;
        for (const char *name : {"ben", "ben.b", "ben_2eb", "CORP\\ben", "bén", "ben@x"}) {
            s.actor = QString::fromUtf8(name);
            const Tags tags = must(voiceTags(s));
            keys += tags.firstKey();
            QVERIFY(QRegularExpression(QStringLiteral("\\Apilothouse\\.approval\\.p-0a1b2c3d\\.[A-Za-z0-9_-]+\\z")).match(tags.firstKey()).hasMatch());
            QStringList problems;
            QCOMPARE(sharedVoices(tags, s.request, problems).size(), std::size_t(1));
            QCOMPARE(problems, QStringList());
        }
        QCOMPARE(keys.removeDuplicates(), 0);
    }

    void largeEvidenceTravelsInParts() {
        Request r;
        r.id = QStringLiteral("p-0a1b2c3d");
        r.evidence.model = t2m;
        quint32 state = 7;
        for (int i = 0; i < 4000; ++i) {
            state = state * 1664525u + 1013904223u;
            r.evidence.residualEdges.push_back(state / 4294967296.0);
        }
        SignedStatement ask = statement();
        ask.decision = Decision::Ask;
        ask.actor = ask.requester;
        ask.evidence = r.evidence.digest();
        const Tags tags = must(requestTags(r, ask));
        QVERIFY(tags.size() > 5);
        const auto read = must(sharedRequest(tags, r.id, {}));
        QCOMPARE(read.request.evidence.digest(), r.evidence.digest());
        Tags cut = tags;
        cut.remove(QStringLiteral("pilothouse.evidence.p-0a1b2c3d.2"));
        VERIFY_KIND(ErrorKind::Invalid, sharedRequest(cut, r.id, {}));
        for (int i = 0; i < 300000; ++i) {
            state = state * 1664525u + 1013904223u;
            r.evidence.residualEdges.push_back(state / 4294967296.0);
        }
        VERIFY_KIND(ErrorKind::Invalid, requestTags(r, ask));
    }
};

QTEST_GUILESS_MAIN(TestApprovals)
#include "tst_approvals.moc"
