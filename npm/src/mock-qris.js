/** A QRIS code as EMVCo's "QR Code Specification for Payment Systems" and Bank Indonesia's standard write it. */

const field = (tag, value) => `${tag}${String(value.length).padStart(2, '0')}${value}`;

/** CRC-16/CCITT-FALSE over the text and the head of tag 63. */
export const checksum = (text) => {
  let sum = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = (sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff;
    }
  }
  return sum.toString(16).toUpperCase().padStart(4, '0');
};

const NATIONAL_ID = 'ID1020000000012';

/** Without an amount the code is static: the shopper types what to pay. */
export const qrisPayload = ({ amount, asksForTip = false } = {}) => {
  const account = field('00', 'ID.CO.EXAMPLE.WWW') + field('01', '936000000000000012')
    + field('02', NATIONAL_ID) + field('03', 'UMI');
  const national = field('00', 'ID.CO.QRIS.WWW') + field('02', NATIONAL_ID) + field('03', 'UMI');
  const text = [
    field('00', '01'), field('01', amount ? '12' : '11'), field('26', account), field('51', national),
    field('52', '5411'), field('53', '360'), amount ? field('54', amount) : '',
    asksForTip ? field('55', '01') : '',
    field('58', 'ID'), field('59', 'TOKO CONTOH'), field('60', 'JAKARTA'), field('61', '12345'), '6304',
  ].join('');
  return text + checksum(text);
};
