// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ed25519.h"

#include <QTest>

using namespace pilothouse;

class TestEd25519 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// RFC 8032, 7.1.
    void theStandardsOwnVectors_data() {
        QTest::addColumn<QByteArray>("privateKey");
        QTest::addColumn<QByteArray>("publicKey");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("signature");
        const auto row = [](const char *name, const char *privateKey, const char *publicKey, const char *message, const char *signature) {
            QTest::newRow(name) << QByteArray::fromHex(privateKey) << QByteArray::fromHex(publicKey) << QByteArray::fromHex(message) << QByteArray::fromHex(signature);
        };
        row("of nothing", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        row("of one byte", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    }

    void theStandardsOwnVectors() {
        QFETCH(QByteArray, privateKey);
        QFETCH(QByteArray, publicKey);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, signature);
        QCOMPARE(ed25519PublicKey(privateKey).value_or(QByteArray()), publicKey);
        QCOMPARE(ed25519Sign(privateKey, message).value_or(QByteArray()), signature);
        QVERIFY(ed25519Holds(publicKey, message, signature));
        QVERIFY(!ed25519Holds(publicKey, message + 'x', signature));
        for (const int bit : {0, 255, 256, 511}) {
            QByteArray other = signature;
            other[bit / 8] = char(other[bit / 8] ^ (1 << (bit % 8)));
            QVERIFY2(!ed25519Holds(publicKey, message, other), qPrintable(QString::number(bit)));
        }
    }

    void keysAreNewEachTime() {
        const QByteArray one = newEd25519Key(), two = newEd25519Key();
        QCOMPARE(one.size(), ed25519KeyBytes);
        QVERIFY(one != two);
        const QByteArray signature = *ed25519Sign(one, "text");
        QVERIFY(ed25519Holds(*ed25519PublicKey(one), "text", signature));
        QVERIFY(!ed25519Holds(*ed25519PublicKey(two), "text", signature));
    }

    void whatIsNoKeyIsSaidWithoutItsBytes() {
        for (const QByteArray &bytes : {QByteArray(), QByteArray("topsecret"), QByteArray(33, 'k')}) {
            const auto signature = ed25519Sign(bytes, "text");
            QVERIFY(!signature && signature.error().kind == ErrorKind::Invalid);
            QVERIFY(bytes.isEmpty() || !signature.error().text().contains(QString::fromLatin1(bytes)));
            QVERIFY(!ed25519PublicKey(bytes));
            QVERIFY(!ed25519Holds(bytes, "text", QByteArray(ed25519SignatureBytes, 's')));
        }
        QVERIFY(!ed25519Holds(*ed25519PublicKey(newEd25519Key()), "text", "short"));
    }
};

QTEST_GUILESS_MAIN(TestEd25519)
#include "tst_ed25519.moc"
