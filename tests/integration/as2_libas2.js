// The side of libas2 (npm install libas2 pkijs@2.1.90; newer pkijs cannot sign for it) for as2_peer_test.py: composes messages, takes ours, writes and reads receipts.
//
//     node as2_libas2.js compose|receive|receipt FOLDER OPTIONS
//
// Exit code 77: libas2 is not found (NODE_PATH).
'use strict'
const fs = require('fs')
const path = require('path')

let libas2
try {
  libas2 = require('libas2')
} catch (error) {
  process.exit(77)
}
const { AS2Composer, AS2Parser } = libas2

const [, , command, folder, text] = process.argv
const options = JSON.parse(text || '{}')
const read = name => fs.readFileSync(path.join(folder, name))
const pem = name => fs.readFileSync(path.join(options.keys, name)).toString()

const agreement = {
  host: {
    name: 'peer', id: 'peer', url: 'http://peer.example/mdn', certificate: pem('peer.crt'), privateKey: pem('peer.key'),
    sign: options.sign || (command !== 'compose' && 'sha-256'), decrypt: options.decrypt || false, mdn: { async: options.async || false, signing: 'sha-256' }
  },
  partner: {
    name: 'wharf', id: 'wharf', url: 'http://wharf.example/as2', file: 'EDIX12', certificate: pem('wharf.crt'),
    encrypt: options.encrypt || false, verify: options.verify || false, mdn: { async: false, signing: 'sha-256' }
  }
}

// Head and body as they stand in the built message: one of its own functions turns bodies into text.
async function writeEntity (node, head, body) {
  const whole = await node.build()
  const end = whole.indexOf('\r\n\r\n')
  fs.writeFileSync(path.join(folder, head), whole.subarray(0, end + 4))
  fs.writeFileSync(path.join(folder, body), whole.subarray(end + 4))
}

async function compose () {
  const composer = new AS2Composer({
    message: { filename: 'po.edi', contentType: 'application/edi-x12', content: read('po.edi').toString() },
    agreement,
    additionalHeaders: { 'Message-ID': '<1@peer>' }
  })
  await composer.compile()
  composer.message.setHeader('Message-ID', '<1@peer>')
  await writeEntity(composer.message, 'head', 'body')
}

async function receive () {
  const node = await AS2Parser.parse(Buffer.concat([read('head'), read('body')]))
  const made = await node.dispositionOut({ agreement: new libas2.AS2Agreement(agreement) })
  await writeEntity(made.dispositionNode, 'mdn.head', 'mdn.body')
  const content = made.contentNode && made.contentNode.content
  console.log(JSON.stringify({ content: content ? content.toString() : null, errors: !made.disposition.notification.disposition.processed }))
}

async function receipt () {
  const node = await AS2Parser.parse(Buffer.concat([read('receipt.head'), read('receipt.body')]))
  const { notification } = await node.dispositionIn({ cert: agreement.partner.certificate })
  console.log(JSON.stringify({
    processed: notification.disposition.processed, id: notification.originalMessageId,
    mic: notification.receivedContentMic && notification.receivedContentMic.mic,
    algorithm: notification.receivedContentMic && notification.receivedContentMic.algorithm
  }))
}

({ compose, receive, receipt })[command]().catch(error => {
  console.error(error)
  process.exit(1)
})
