import { Checkout } from './checkout';

export default async function Page({ searchParams }) {
  const { order, provider } = await searchParams;
  return <Checkout order={order} provider={provider} />;
}
