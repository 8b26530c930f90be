// SPDX-License-Identifier: GPL-3.0-or-later
// Logs as ansible-playbook's default callback writes them, within a build of Jenkins.
#include "core/pipelines/ansible_log.h"

#include <QJsonArray>
#include <QTest>

using namespace pilothouse::pipelines;

namespace {

const QString good = QStringLiteral(
    "[Pipeline] sh\n"
    "+ ansible-playbook -i inventory deploy.yml --tags frontend -e \"frontend_tag=v34\"\n"
    "\n"
    "PLAY [Deploy to Kubernetes] ****************************************************\n"
    "\n"
    "TASK [Gathering Facts] *********************************************************\n"
    "ok: [localhost]\n"
    "\n"
    "TASK [frontend : set image] ****************************************************\n"
    "changed: [localhost] => {\"changed\": true, \"cmd\": \"kubectl set image\", \"rc\": 0}\n"
    "\n"
    "TASK [auth : set image] ********************************************************\n"
    "skipping: [localhost]\n"
    "\n"
    "RUNNING HANDLER [frontend : wait for rollout] **********************************\n"
    "FAILED - RETRYING: [localhost]: wait for rollout (5 retries left).\n"
    "FAILED - RETRYING: [localhost]: wait for rollout (4 retries left).\n"
    "ok: [localhost]\n"
    "\n"
    "PLAY RECAP *********************************************************************\n"
    "localhost                  : ok=3    changed=1    unreachable=0    failed=0    skipped=1    rescued=0    ignored=0   \n"
    "\n"
    "[Pipeline] }\n");

const QString bad = QStringLiteral(
    "PLAY [all] *********************************************************************\n"
    "TASK [pull image] **************************************************************\n"
    "\x1b[0;33mchanged: [web1]\x1b[0m\n"
    "\x1b[0;31mfatal: [web2]: UNREACHABLE! => {\"changed\": false, \"msg\": \"Failed to connect to the host via ssh\", \"unreachable\": true}\x1b[0m\n"
    "\x1b[0;31mfatal: [web3 -> db1]: FAILED! => {\"changed\": true, \"cmd\": [\"false\"], \"msg\": \"non-zero return code\", \"rc\": 1, \"stderr\": \"no such image\"}\x1b[0m\n"
    "TASK [loop] ********************************************************************\n"
    "ok: [web1] => (item=a)\n"
    "failed: [web1] (item=b) => {\"item\": \"b\", \"msg\": \"broken\"}\n"
    "...ignoring\n"
    "NO MORE HOSTS LEFT *************************************************************\n"
    "PLAY RECAP *********************************************************************\n"
    "\x1b[0;33mweb1\x1b[0m                       : \x1b[0;32mok=2   \x1b[0m \x1b[0;33mchanged=1   \x1b[0m unreachable=0    failed=0    skipped=0    rescued=0    ignored=1   \n"
    "web2                       : ok=0    changed=0    unreachable=1    failed=0   \n"
    "web3                       : ok=0    changed=0    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0   \n");

} // namespace

class TestAnsibleLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foldsByPlayAndTask() {
        const AnsibleLog log = parseAnsible(good);
        QVERIFY(log.isAnsible());
        QCOMPARE(log.plays.size(), std::size_t(1));
        const AnsiblePlay &play = log.plays.front();
        QCOMPARE(play.name, QStringLiteral("Deploy to Kubernetes"));
        QCOMPARE(play.line, 3);
        QCOMPARE(play.tasks.size(), std::size_t(4));
        QCOMPARE(play.tasks[1].name, QStringLiteral("frontend : set image"));
        QCOMPARE(play.tasks[1].line, 8);
        QCOMPARE(play.tasks[1].lines, 2);
        QCOMPARE(int(*play.tasks[1].outcome()), int(AnsibleOutcome::Changed));
        QCOMPARE(int(*play.tasks[2].outcome()), int(AnsibleOutcome::Skipped));
        QVERIFY(play.tasks[3].handler);
        QCOMPARE(play.tasks[3].retries, 2);
        QCOMPARE(play.count(AnsibleOutcome::Ok), 2);
    }
    void readsTheRecap() {
        const AnsibleLog log = parseAnsible(good);
        QCOMPARE(log.recap.size(), std::size_t(1));
        QCOMPARE(log.recap.front().ok, 3);
        QVERIFY(log.recap.front().good());
        QCOMPARE(log.summary(), QStringLiteral("ok 3, changed 1, skipped 1, failed 0"));
    }
    void failuresSayWhy() {
        const AnsibleLog log = parseAnsible(bad);
        const AnsibleTask &pull = log.plays.at(0).tasks.at(0);
        QCOMPARE(pull.results.size(), std::size_t(3));
        QCOMPARE(int(pull.results[0].outcome), int(AnsibleOutcome::Changed));
        QCOMPARE(int(pull.results[1].outcome), int(AnsibleOutcome::Unreachable));
        QCOMPARE(pull.results[1].message, QStringLiteral("Failed to connect to the host via ssh"));
        QCOMPARE(pull.results[2].host, QStringLiteral("web3 -> db1"));
        QCOMPARE(pull.results[2].message, QStringLiteral("non-zero return code: no such image"));
        const AnsibleTask &loop = log.plays.at(0).tasks.at(1);
        QCOMPARE(loop.results[0].item, QStringLiteral("a"));
        QCOMPARE(loop.results[1].item, QStringLiteral("b"));
        QCOMPARE(int(loop.results[1].outcome), int(AnsibleOutcome::Ignored));
        QCOMPARE(log.recap.size(), std::size_t(3));
        QCOMPARE(log.recap[0].ignored, 1);
        QVERIFY(!log.recap[1].good() && !log.recap[2].good());
    }
    void timesBeforeEachLineDoNotMatter() {
        QString stamped;
        for (const QString &line : good.split(QLatin1Char('\n')))
            stamped += QStringLiteral("[2026-11-23T02:07:11.123Z] ") + line + QStringLiteral("\r\n");
        const AnsibleLog log = parseAnsible(stamped);
        QCOMPARE(log.plays.at(0).tasks.size(), std::size_t(4));
        QCOMPARE(log.recap.size(), std::size_t(1));
        QCOMPARE(log.extraVars.value(QLatin1String("frontend_tag")).toString(), QStringLiteral("v34"));
    }
    void otherLogsAreNone() {
        const AnsibleLog log = parseAnsible(QStringLiteral("PLAY music\nok: [it] is\nRECAP ***\nok=3\nplease run ansible-playbook -e a_tag=v1\n"));
        QVERIFY(!log.isAnsible());
        QVERIFY(log.extraVars.isEmpty());
    }
    void aLogCutAtItsBeginIsReadFromItsFirstTask() {
        const AnsibleLog log = parseAnsible(good.mid(good.indexOf(QLatin1String("TASK [frontend"))));
        QCOMPARE(log.plays.size(), std::size_t(1));
        QCOMPARE(log.plays[0].tasks.size(), std::size_t(3));
    }
    void extraVars_data() {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("one in quotes") << QStringLiteral("ansible-playbook x.yml -e \"frontend_tag=v34\"") << QStringLiteral("frontend_tag") << QStringLiteral("v34");
        QTest::newRow("several in one text") << QStringLiteral("ansible-playbook x.yml -e 'a_tag=v1 b_tag=v2'") << QStringLiteral("b_tag") << QStringLiteral("v2");
        QTest::newRow("a value with spaces") << QStringLiteral("ansible-playbook x.yml --extra-vars \"note='two words' a=1\"") << QStringLiteral("note") << QStringLiteral("two words");
        QTest::newRow("JSON") << QStringLiteral("ansible-playbook x.yml -e '{\"auth_tag\": \"v7\"}'") << QStringLiteral("auth_tag") << QStringLiteral("v7");
        QTest::newRow("with an equals sign") << QStringLiteral("ansible-playbook --extra-vars=auth_tag=v8 x.yml") << QStringLiteral("auth_tag") << QStringLiteral("v8");
        QTest::newRow("stuck to the option") << QStringLiteral("ansible-playbook -eauth_tag=v9 x.yml") << QStringLiteral("auth_tag") << QStringLiteral("v9");
        QTest::newRow("the last of a name counts") << QStringLiteral("ansible-playbook -e a=1 -e a=2 x.yml") << QStringLiteral("a") << QStringLiteral("2");
        QTest::newRow("a file is none") << QStringLiteral("ansible-playbook -e @vars.yml x.yml") << QStringLiteral("@vars.yml") << QString();
    }
    void extraVars() {
        QFETCH(QString, command);
        QFETCH(QString, name);
        QFETCH(QString, value);
        QCOMPARE(ansibleExtraVars(command).value(name).toString(), value);
    }
    void varsBecomeImages() {
        const QMap<QString, QString> images = imagesOfVars({{QStringLiteral("frontend_tag"), QStringLiteral("v34")},
                                                            {QStringLiteral("inference_ws2m_image_tag"), QStringLiteral("v12")},
                                                            {QStringLiteral("api_image"), QStringLiteral("registry:5000/team/api:abc1234")},
                                                            {QStringLiteral("python_version"), QStringLiteral("3.9")},
                                                            {QStringLiteral("image_tag"), QStringLiteral("v1")},
                                                            {QStringLiteral("odd_tag"), QStringLiteral("two words")}});
        QCOMPARE(images, (QMap<QString, QString>{{QStringLiteral("frontend"), QStringLiteral("v34")}, {QStringLiteral("inference-ws2m"), QStringLiteral("v12")}, {QStringLiteral("api"), QStringLiteral("abc1234")}}));
    }
};

QTEST_GUILESS_MAIN(TestAnsibleLog)
#include "tst_ansible_log.moc"
