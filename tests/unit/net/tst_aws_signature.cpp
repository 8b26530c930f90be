// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/aws_signature.h"

#include <QTest>

using namespace pilothouse::net;

class tst_AwsSignature : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, "Example of a presigned URL".
    void theDocumentedQueryIsSigned() {
        const AwsSigning aws{QStringLiteral("AKIAIOSFODNN7EXAMPLE"), QStringLiteral("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}, QStringLiteral("us-east-1"), QStringLiteral("s3")};
        QCOMPARE(awsPresignedUrl("GET", "https://examplebucket.s3.amazonaws.com/test.txt", {}, aws, QDateTime(QDate(2013, 5, 24), QTime(0, 0), Qt::UTC), 86400, "UNSIGNED-PAYLOAD"),
                 QByteArray("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
    }
};

QTEST_GUILESS_MAIN(tst_AwsSignature)
#include "tst_aws_signature.moc"
